import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { installDawn } from '../../src/cli/dawn.mjs';
import { runExperiment } from '../../src/cli/experimentRun';
import { type Host, makeLab } from '../../src/cli/lab';
import { parseRunSummary } from '../../src/data/experiment/runSummary';
import { openGpu } from '../../src/gpu/device';
import { resolveConfig } from '../../src/train/experiment/config';
import { newFolder, writeBase, writeCases } from './adaptFixture';

// Whole runs on a software adapter, maybe beside other work.
vi.setConfig({ testTimeout: 600_000 });
await installDawn();
const shared = await openGpu();
shared.destroy = () => {};
const base = join(await newFolder(), 'base.safetensors');
await writeBase(base);
const data = await writeCases(8);
const runFolder = async () => join(await newFolder(), 'run');

/** A rate at which this base gets worse after its best look, so that there is something to stop for. */
const config = (folder: string, ...sets: string[]) =>
  resolveConfig(
    {
      ...{ base, output: { folder, overlays: 1 }, seed: 1 },
      data: { source: data, split: { fraction: 0.25 }, validation: 0.34 },
      train: { steps: 24, batch: 2, lr: 0.05, warmup: 2, patience: 2, ema: 0.5 },
      eval: { times: 1, validations: 12, surfaces: false },
    },
    sets,
  );

async function runOf(folder: string, { resume = false, stopAfter = Infinity, sets = [] as string[] } = {}) {
  let [text, asked] = ['', 0];
  const host: Host = {
    open: async () => shared,
    log: { write: (t: string) => (text += t) },
    stopped: () => ++asked > stopAfter,
    plan: { variants: { matmul: 'naive' } },
  };
  const result = await runExperiment({ command: 'train', config: config(folder, ...sets), resume }, makeLab(host));
  return { result, text };
}

const file = (folder: string, name: string) => readFile(join(folder, name));
const lines = async (folder: string) =>
  (await file(folder, 'metrics.jsonl'))
    .toString()
    .trim()
    .split('\n')
    .map((l) => JSON.parse(l));

const whole = await runFolder();
const { result } = await runOf(whole);

test('training ends when the cases held back bring nothing better; the best step is what is measured', async () => {
  const looks = (await lines(whole)).filter((l) => l.kind === 'validation');
  const best = looks.reduce((a, b) => (b.dice > a.dice ? b : a));
  expect(result).toMatchObject({ status: 'done', best: { step: best.step, dice: best.dice } });
  expect(result.step).toBe(best.step + 4);
  expect(result.step).toBeLessThan(24);
  expect(looks.map((l) => l.step)).toEqual(Array.from({ length: result.step / 2 }, (_, i) => 2 * (i + 1)));
  const measured = (await lines(whole)).filter((l) => l.kind === 'evaluation');
  expect(measured.map((l) => l.step)).toEqual([0, best.step]);
  const summary = JSON.parse((await file(whole, 'summary.json')).toString());
  expect(parseRunSummary(summary, 'summary').cases).toHaveLength(4);
  expect(summary).toMatchObject({ steps: result.step, best: { step: best.step }, validation: { looks: looks.length } });
  expect(summary.validation).toMatchObject({ patience: 2, endedEarly: true });
});

test('what is held back is neither trained on nor measured', async () => {
  const { data: parts } = JSON.parse((await file(whole, 'run.json')).toString());
  const cases = [parts.train, parts.val, parts.heldBack].map((p: string[]) => p.map((n) => n.split(':')[0]));
  expect(cases.map((c) => new Set(c).size)).toEqual([4, 2, 2]);
  expect(new Set(cases.flat()).size).toBe(8);
});

test('stopped before and after the best look and resumed = never stopped, bit for bit', async () => {
  const folder = await runFolder();
  expect((await runOf(folder, { stopAfter: 2 })).result).toMatchObject({ status: 'stopped', rows: [] });
  await runOf(folder, { resume: true, stopAfter: result.best!.step + 1 - 3 });
  const resumed = await runOf(folder, { resume: true });
  expect(resumed.result.rows).toEqual(result.rows);
  expect(resumed.result.best).toEqual(result.best);
  expect(await lines(folder)).toEqual(await lines(whole));
  for (const name of ['best.safetensors', 'last.safetensors'])
    expect((await file(folder, name)).equals(await file(whole, name)), name).toBe(true);
});

test('a run that ended early is resumed: nothing trains, the best step is measured again', async () => {
  const before = await lines(whole);
  const again = await runOf(whole, { resume: true });
  expect(again.result).toMatchObject({ status: 'done', step: result.step, rows: result.rows });
  expect(await lines(whole)).toEqual(before);
});

test('patience without cases held back, and nothing to hold back, are said', async () => {
  await expect(runOf(await runFolder(), { sets: ['data.validation=0'] })).rejects.toThrow(
    'train.patience: training can end early only where cases are held back for it; set data.validation',
  );
  await expect(runOf(await runFolder(), { sets: ['data.maxTrain=1'] })).rejects.toThrow(
    'data.validation: training cases of one patient (1) leave none to hold back',
  );
});
