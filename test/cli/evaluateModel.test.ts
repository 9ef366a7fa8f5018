import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { installDawn } from '../../src/cli/dawn.mjs';
import { evaluateModel } from '../../src/cli/evaluateModel';
import { runExperiment } from '../../src/cli/experimentRun';
import { makeLab } from '../../src/cli/lab';
import { openTrained } from '../../src/cli/trainedModel';
import { openGpu } from '../../src/gpu/device';
import { resolveConfig } from '../../src/train/experiment/config';
import { type CaseScore, summariseScores } from '../../src/train/metrics/summary';
import { newFolder, writeBase, writeCases } from './adaptFixture';

vi.setConfig({ testTimeout: 600_000 });
await installDawn();
const shared = await openGpu();
shared.destroy = () => {};
const host = {
  open: async () => shared,
  log: { write: () => true },
  stopped: () => false,
  plan: { variants: { matmul: 'naive' } },
};

const base = join(await newFolder(), 'base.safetensors');
await writeBase(base);
const source = await writeCases(4);
const folder = join(await newFolder(), 'run');
const config = resolveConfig({
  base,
  data: { source },
  adapters: ['bitfit'],
  train: { steps: 4, batch: 2, warmup: 0 },
  eval: { times: 1 },
  output: { folder, overlays: 1 },
});
const trained = await runExperiment({ command: 'train', config, resume: false }, makeLab(host));
const ofRun = JSON.parse(await readFile(join(folder, 'summary.json'), 'utf8'));

test('a run measured again scores what it scored, beside its base', async () => {
  const model = await openTrained({ adapter: folder });
  expect(model).toMatchObject({ name: 'run', base: { path: base } });
  const out = await newFolder();
  const bare = resolveConfig({ ...(model.config as object), adapters: [], trainable: 'none' });
  const evaluation = await evaluateModel(model, bare, makeLab(host), out, 1);
  const [after, before] = evaluation!.runs.map((r) => r.summary);
  expect(evaluation!.clicks.map((c) => [c.arm, c.dice.length])).toEqual([
    ['run', 2],
    ['base', 2],
  ]);
  expect(evaluation!.clicks[0].dice[0]).toBe(summariseScores(after.cases as CaseScore[]).classMean.dice);
  expect([after.arm, before.arm]).toEqual(['run', 'base']);
  expect(trained.best?.step).toBe(4);
  expect(after.cases).toEqual(ofRun.cases);
  expect(before.cases.map((c) => c.dice)).toEqual(ofRun.before.map((c: { dice: number }) => c.dice));
  expect(after.parameters).toEqual(ofRun.parameters);
  expect(JSON.parse(await readFile(join(out, 'base', 'summary.json'), 'utf8')).arm).toBe('base');
});

test('every case can be measured; a bare base has no other arm; what is not there is refused', async () => {
  const model = await openTrained({ base });
  const all = resolveConfig({ data: { source, split: { by: 'all' } }, adapters: [], trainable: 'none' });
  const { runs } = (await evaluateModel(model, all, makeLab(host), null))!;
  expect(runs.map((r) => r.summary.arm)).toEqual(['base']);
  expect(runs[0].summary.cases).toHaveLength(8);
  expect(await evaluateModel(model, all, makeLab({ ...host, stopped: () => true }), null)).toBe(null);
  await expect(openTrained({ base, adapter: 'nowhere' })).rejects.toThrow('nowhere: there is no such file or folder');
  const again = resolveConfig({ base, data: { source, split: { by: 'all' } }, output: { folder: join(folder, 'x') } });
  await expect(runExperiment({ command: 'train', config: again, resume: false }, makeLab(host))).rejects.toThrow(
    'nothing to train on',
  );
});
