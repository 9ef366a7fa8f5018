import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { claimArms } from '../../../src/cli/claim/claimArms';
import { ALSO } from '../../../src/cli/claim/claimPrompts';
import { claimMarkdown } from '../../../src/cli/claim/claimResults';
import { type ClaimPlan, type ClaimRun, claimCommon, claimRuns } from '../../../src/cli/claim/claimRuns';
import { claimScores, scoresWith } from '../../../src/cli/claim/claimScores';
import { claimSets } from '../../../src/cli/claim/claimSets';
import { differenceOverSets, differencesBySeed, verdicts } from '../../../src/cli/claim/claimVerdict';
import { openSweepFolder, runHash, type SweepFolder } from '../../../src/cli/sweepFolder';
import type { RunSummary } from '../../../src/data/experiment/runSummary';
import { newFolder } from '../adaptFixture';

const plan = (changes: Partial<ClaimPlan> = {}): ClaimPlan => ({
  sets: claimSets(['dermoscopy', 'endoscopy-polyp']),
  arms: claimArms(['zero-shot', 'med-sa', 'full']),
  prompts: ['point-1'],
  seeds: [1, 2],
  root: () => 'data',
  ...{ base: 'sam-nano', side: 128, folds: 1, patients: new Map(), transfer: false, common: claimCommon(40) },
  ...changes,
});

const rows = (dice: number, ids: readonly string[]): RunSummary['cases'] =>
  ids.map((id, i) => {
    const d = dice + 0.01 * i;
    return { id, className: 'a', dice: d, iou: d / (2 - d), hd95: 3, nsd: d, empty: 'no' as const };
  });

/** Pretends that a run was done with this mean Dice. */
async function finish(folder: SweepFolder, run: ClaimRun, dice: number, ids = ['x', 'y', 'z']): Promise<void> {
  const at = folder.runPath(run);
  await mkdir(at, { recursive: true });
  const summary: RunSummary = {
    ...{ arm: run.arm, dataset: run.set.name, seed: run.seed, cases: rows(dice, ids), unit: 'px', tolerance: 2 },
    parameters: {
      trained: run.of.name === 'zero-shot' ? 0 : 40,
      total: 1000,
      percent: run.of.name === 'zero-shot' ? 0 : 4,
    },
    ...{ steps: 40, msPerStep: 10, seconds: 1, peakBytes: 1e6, device: 'a card', curve: [], overlays: [] },
  };
  await writeFile(join(at, 'summary.json'), JSON.stringify(summary));
  if (run.also.length)
    await writeFile(
      join(at, ALSO),
      JSON.stringify(Object.fromEntries(run.also.map((p) => [p, rows(dice - 0.1, ids)]))),
    );
  await writeFile(join(at, 'done.json'), JSON.stringify({ hash: runHash(run) }));
}

const DICE: Record<string, number> = { 'zero-shot': 0.5, 'med-sa': 0.8, full: 0.79 };
const opened = async () => openSweepFolder(join(await newFolder(), 'claim'), {}, 'reproduce.json');
const state = (p: ClaimPlan, runs: number, done: number) => ({
  ...{ plan: p, runs, done, open: runs - done, unmeasured: 0, failed: [], command: 'npm run reproduce', figures: '' },
  train: { steps: 40, batch: 8, patience: null },
});

test('what is missing is a dash that says so, never a number, and no part of a mean', async () => {
  const p = plan();
  const runs = claimRuns(p);
  const folder = await opened();
  const some = runs.filter((r) => r.set.name === 'dermoscopy' && r.seed === 1 && r.of.name !== 'full');
  for (const run of some) await finish(folder, run, DICE[run.of.name]);
  const scores = await claimScores(folder, runs);
  const text = claimMarkdown({ ...state(p, runs.length, some.length), scores });
  expect(text).toContain(`**2 of ${runs.length} runs are in**; 8 are not done yet`);
  const dice = text.split('### Dice')[1].split('###')[0];
  const line = (title: string) => dice.split('\n').find((l) => l.startsWith(`| ${title} |`));
  expect(line('full fine-tune')).toBe('| full fine-tune | – | – | – | – | – (0 of 2 runs) | – (0 of 2 runs) | – |');
  expect(line('Med-SA')).toMatch(/\| \*\*0\.810 \[0\.800, 0\.820\] \(1 of 2 seeds\)\*\* \| – \(0 of 2 runs\) \| – \|$/);
  expect(line('Swin-UNETR')).toContain('–, comes later');
  expect(text).toContain(
    '| Mean Dice over sets: Med-SA at least full fine-tune − 0.01 | open | not measured yet | – |',
  );
});

test('the sentences of the claim: objects in pairs, sets alike, all of them said to be open without runs', async () => {
  const p = plan();
  const runs = claimRuns(p);
  const folder = await opened();
  for (const run of runs) await finish(folder, run, DICE[run.of.name] - (run.set.name === 'dermoscopy' ? 0 : 0.2));
  const scores = await claimScores(folder, runs);
  const [base, full, share, ...parts] = verdicts(scores);
  expect([base.holds, full.holds, share.holds]).toEqual(['yes', 'yes', 'yes']);
  expect(parts.map((v) => v.holds)).toEqual(['open', 'open', 'open', 'open']);
  expect(base.measured).toBe('+0.300 [+0.300, +0.300] over 2 sets');
  expect(differenceOverSets(scores, 'med-sa', 'full').mean).toBeCloseTo(0.01, 12);
  expect(new Set(verdicts([]).map((v) => v.holds))).toEqual(new Set(['open']));
  expect(verdicts(scores.map((s) => ({ ...s, summary: { ...s.summary, cases: rows(0.5, ['x']) } })))[0].holds).toBe(
    'no',
  );
});

test('a part helps where the interval lies beyond zero; where it holds zero nothing is shown', async () => {
  const p = plan({ arms: claimArms(['med-sa', 'ablation']) });
  const runs = claimRuns(p);
  const folder = await opened();
  for (const run of runs) {
    const better = { 'med-sa-none': -0.1, 'med-sa-add': 0.1 }[run.of.name] ?? 0;
    // concatenated: better on one case, worse on another
    const ids = run.of.name === 'med-sa-concat' ? ['z', 'y', 'x'] : ['x', 'y', 'z'];
    await finish(folder, run, 0.6 + better + 0.05 * run.seed, ids);
  }
  const parts = verdicts(await claimScores(folder, runs)).slice(3);
  expect(parts.map((v) => v.holds)).toEqual(['yes', 'no', 'not shown', 'open']);
  expect(parts[0].measured).toBe('+0.100 [+0.100, +0.100] over 2 sets');
});

test('where seeds disagree about the sign nothing is shown, however narrow the interval over cases', async () => {
  const p = plan({ arms: claimArms(['zero-shot', 'med-sa', 'med-sa-none', 'med-sa-add']), seeds: [1, 2] });
  const runs = claimRuns(p);
  const folder = await opened();
  for (const run of runs) {
    const better = { 'med-sa-none': run.seed === 1 ? 0.2 : -0.01, 'med-sa-add': 0.1 * run.seed }[run.of.name] ?? 0;
    await finish(folder, run, 0.5 + better);
  }
  const scores = await claimScores(folder, runs);
  const [none, add] = verdicts(scores).slice(3);
  expect([none.measured, none.holds]).toEqual(['−0.095 [−0.095, −0.095] over 2 sets', 'not shown']);
  expect(none.seeds.map((d) => d.toFixed(3))).toEqual(['-0.200', '0.010']);
  expect([add.measured, add.holds]).toEqual(['−0.150 [−0.150, −0.150] over 2 sets', 'no']);
  // What does not train has no seeds: each is set against the same values.
  expect(differencesBySeed(scores, 'med-sa-add', 'zero-shot').map((d) => d.toFixed(3))).toEqual(['0.100', '0.200']);
  const text = claimMarkdown({ ...state(p, runs.length, runs.length), scores });
  expect(text).toMatch(/prompt added \| \*\*no\*\* \| [^|]*over 2 sets \| −0\.100, −0\.200 \|/);
});

test('arms are compared by the seeds that both have', async () => {
  const p = plan({ arms: claimArms(['zero-shot', 'med-sa', 'med-sa-none']), sets: claimSets(['dermoscopy']) });
  const runs = claimRuns(p);
  const folder = await opened();
  // the second seed is worse, and the arm without the prompt has not got there
  const some = runs.filter((r) => r.of.name !== 'med-sa-none' || r.seed === 1);
  for (const run of some) await finish(folder, run, run.seed === 1 ? 0.7 : 0.3);
  const scores = await claimScores(folder, runs);
  expect(differenceOverSets(scores, 'med-sa', 'med-sa-none').mean).toBe(0);
  expect(differenceOverSets(scores, 'med-sa', 'zero-shot').mean).toBeCloseTo(-0.2, 12);
  const text = claimMarkdown({ ...state(p, runs.length, some.length), scores });
  const line = (part: string) =>
    text
      .split(part)[1]
      .split('\n')
      .find((l) => l.startsWith('| Med-SA |'));
  expect(line('### Dice')).toContain('0.510');
  expect(line('## Ablation')).toMatch(/0\.710.*\(1 of 2 seeds\)/);
});

test('a seed counts when all of its folds are there; their cases are one run', async () => {
  const p = plan({ folds: 2, sets: claimSets(['dermoscopy']), seeds: [1], arms: claimArms(['med-sa', 'full']) });
  const runs = claimRuns(p);
  const folder = await opened();
  const [a, b, c] = runs;
  await finish(folder, a, 0.6, ['x', 'y']);
  await finish(folder, b, 0.8, ['z']);
  await finish(folder, c, 0.8, ['x']);
  const scores = await claimScores(folder, runs);
  expect(scores.map((s) => [s.of.name, s.summary.cases.map((r) => r.id)])).toEqual([['med-sa', ['x', 'y', 'z']]]);
});

test('with transfer one model stands in the tables of all prompts, and they say so', async () => {
  const p = plan({ transfer: true, prompts: ['point-1', 'box-0.5'], seeds: [1], sets: claimSets(['dermoscopy']) });
  const runs = claimRuns(p);
  const folder = await opened();
  for (const run of runs) await finish(folder, run, DICE[run.of.name]);
  const scores = await claimScores(folder, runs);
  const box = scoresWith(scores, 'box-0.5');
  expect(box.map((s) => [s.of.name, s.summary.cases[0].dice])).toEqual([
    ['med-sa', 0.7000000000000001],
    ['full', 0.6900000000000001],
    ['zero-shot', 0.5],
  ]);
  const text = claimMarkdown({ ...state(p, runs.length, runs.length), scores });
  expect(text).toContain('## Prompt box-0.5, models trained with point-1');
  const part = text.split('## Differences with each prompt: models trained with point-1')[1].split('##')[0];
  expect(part.trim().split('\n').slice(2, 4)).toEqual([
    '| Med-SA − zero-shot | **+0.300 [+0.300, +0.300] over 1 set** | **+0.200 [+0.200, +0.200] over 1 set** |',
    '| Med-SA − full fine-tune | **+0.010 [+0.010, +0.010] over 1 set** | **+0.010 [+0.010, +0.010] over 1 set** |',
  ]);
});
