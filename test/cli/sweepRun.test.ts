import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { installDawn } from '../../src/cli/dawn.mjs';
import { runExperiment } from '../../src/cli/experimentRun';
import { type Host, makeLab } from '../../src/cli/lab';
import { runSweep } from '../../src/cli/sweepRun';
import { parseRunSummary } from '../../src/data/experiment/runSummary';
import { openGpu } from '../../src/gpu/device';
import type { Json } from '../../src/train/experiment/overrides';
import { resolveSweep, sweepRuns } from '../../src/train/experiment/sweep';
import { newFolder, writeBase, writeCases } from './adaptFixture';

vi.setConfig({ testTimeout: 600_000 });
await installDawn();
const shared = await openGpu();

const files = await newFolder();
const base = join(files, 'base.safetensors');
await writeBase(base);
const data = await writeCases(5);

const raw = (changes: Record<string, Json> = {}): Json => ({
  name: 'small',
  common: {
    base,
    train: { steps: 6, batch: 2, warmup: 2 },
    checkpoint: 2,
    eval: { times: 1 },
    output: { overlays: 1 },
  },
  arms: ['zero-shot', { name: 'bias', config: { adapters: ['bitfit'] } }],
  seeds: [1, 2],
  data: [data],
  ...changes,
});

const host = (stopped: () => boolean = () => false): Host & { text: () => string } => {
  let text = '';
  const log = { write: (t: string) => (text += t) };
  return { open: async () => shared, log, stopped, plan: { variants: { matmul: 'naive' } }, text: () => text };
};

/** The scores of the CSV: what must not depend on when a run was interrupted. Times and bytes do. */
const scores = async (path: string) =>
  (await readFile(join(path, 'table.csv'), 'utf8')).split('\r\n').map((line) => line.split(',').slice(0, 28).join());

const path = join(await newFolder(), 'sweep');
const sweep = resolveSweep(raw());
const whole = host();
const result = await runSweep(sweep, path, makeLab(whole));

test('a sweep leaves a run folder for each experiment and one table', async () => {
  expect(result).toMatchObject({ status: 'done', runs: 3, done: 3, failed: [] });
  expect(result.table).toContain('| zero-shot |');
  expect(await readFile(join(path, 'table.md'), 'utf8')).toBe(result.table);
  const rows = await scores(path);
  expect(rows.filter((r) => /^(zero-shot|bias),/.test(r)).map((r) => r.split(',').slice(2, 4).join())).toEqual([
    '(mean of classes),1',
    'label 1,1',
    'label 2,1',
    '(mean of classes),1 2',
    'label 1,1 2',
    'label 2,1 2',
  ]);
  // the base is measured once, however many runs begin with it
  expect(whole.text().match(/measuring the base/g)).toHaveLength(1);
  const summary = JSON.parse(
    await readFile(join(path, 'runs', `bias-${data.split('/').at(-1)}-point-1-2`, 'summary.json'), 'utf8'),
  );
  expect(parseRunSummary(summary, 'x')).toMatchObject({ arm: 'bias', seed: 2, steps: 6, unit: 'px' });
  expect(
    summary.curve.filter((p: { dice?: number }) => p.dice !== undefined).map((p: { step: number }) => p.step),
  ).toEqual([0, 6]);
  expect(summary.cases.every((c: { hd95: number; nsd: number }) => c.hd95 >= 0 && c.nsd >= 0)).toBe(true);
});

test('stopped anywhere and called again, it ends with the same table', async () => {
  for (const after of [1, 7]) {
    const at = join(await newFolder(), 'sweep');
    let asked = 0;
    const stopped = await runSweep(sweep, at, makeLab(host(() => ++asked > after)));
    expect(stopped.status, `${after}`).toBe('stopped');
    const resumed = await runSweep(sweep, at, makeLab(host()));
    expect(resumed).toMatchObject({ status: 'done', done: 3 });
    expect(await scores(at)).toEqual(await scores(path));
  }
});

test('a run that takes over the compiled steps of another seed computes what it does alone', async () => {
  const run = sweepRuns(sweep).find((r) => r.config.seed === 2)!;
  const folder = join(await newFolder(), 'run');
  const config = { ...run.config, output: { ...run.config.output, folder } };
  await runExperiment({ command: 'train', config, resume: false }, makeLab(host()));
  const bytes = (at: string) => readFile(join(at, 'last.safetensors'));
  expect((await bytes(folder)).equals(await bytes(join(path, 'runs', run.key)))).toBe(true);
});

test('finished runs are kept; a run whose process was killed goes on from its state', async () => {
  const h = host();
  expect((await runSweep(sweep, path, makeLab(h))).done).toBe(3);
  expect(h.text()).not.toContain('training');
  // killed after the last state was saved, before the result was
  const killed = join(path, 'runs', `bias-${data.split('/').at(-1)}-point-1-1`);
  for (const name of ['done.json', 'summary.json']) await rm(join(killed, name));
  const before = await scores(path);
  const again = host();
  await runSweep(sweep, path, makeLab(again));
  expect(again.text()).toContain('going on from step 6');
  expect(await scores(path)).toEqual(before);
});

test('another sweep is refused in words; a run that fails is noted and the others go on', async () => {
  const other = resolveSweep(raw({ seeds: [1, 3] }));
  await expect(runSweep(other, path, makeLab(host()))).rejects.toThrow(
    'it holds another sweep: seeds.1 was 2, now 3; go on with the config it was begun with',
  );
  const at = join(await newFolder(), 'sweep');
  const bad = { name: 'bad', config: { adapters: [{ name: 'bitfit', pattern: 'nothing.*' }] } };
  const half = resolveSweep(raw({ arms: [bad, 'zero-shot'], seeds: [1] }));
  const r = await runSweep(half, at, makeLab(host()));
  expect(r).toMatchObject({ status: 'done', done: 1 });
  expect(r.failed[0].error).toContain('nothing.*');
  expect(r.table).toContain('failed');
});
