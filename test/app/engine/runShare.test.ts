// A run of the page, unpacked from its zip, in the hands of the command line's tools.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { memoryDrawer } from '../../../src/app/engine/drawer';
import { unzip } from '../../../src/app/engine/unzip';
import { evaluateModel } from '../../../src/cli/evaluateModel';
import { writeWhole } from '../../../src/cli/files';
import { makeLab } from '../../../src/cli/lab';
import { loadRuns } from '../../../src/cli/report/loadRuns';
import { writeReport } from '../../../src/cli/report/writeReport';
import { openTrained } from '../../../src/cli/trainedModel';
import { encodePng } from '../../../src/data/image';
import { resolveConfig } from '../../../src/train/experiment/config';
import { merge } from '../../../src/train/experiment/merge';
import { newFolder, pictures } from '../../cli/adaptFixture';
import { desk, file, gpu, input, plan } from './deskFixture';

vi.setConfig({ testTimeout: 600_000 });

const source = {
  kind: 'folder' as const,
  name: 'squares',
  files: [0, 1, 2, 3].flatMap((k) => {
    const { image, mask } = pictures(k);
    const png = (data: Uint8Array, channels: 1 | 3) =>
      new Blob([encodePng({ width: 48, height: 40, channels, data }) as Uint8Array<ArrayBuffer>]);
    return [
      { path: `squares/images/case${k}.png`, blob: png(image, 3) },
      { path: `squares/masks/case${k}.png`, blob: png(mask, 1) },
    ];
  }),
};
// A rate at which it gets worse again: the best is then not the last.
const config = input(['bitfit'], {
  ...{
    data: { source: 'folder', classes: [] },
    output: { overlays: 2 },
    eval: { times: 4, surfaces: true },
    checkpoint: 1,
  },
  train: { steps: 4, batch: 2, warmup: 0, lr: 0.05 },
});
const d = desk(memoryDrawer());
const run = await d.begin(config, null, source);

async function unpacked({ blob, name }: { blob: Blob; name: string }): Promise<string> {
  const folder = await newFolder();
  for (const [path, read] of await unzip(blob, name))
    await writeWhole(join(folder, path), new Uint8Array(await (await read()).arrayBuffer()));
  return folder;
}

const folder = await unpacked(await d.methods.exportRun({ run: run.id }, d.context));

test('report reads it: scores, curve, cost, pictures', async () => {
  const runs = await loadRuns([folder]);
  const [{ summary }] = runs;
  expect(summary).toMatchObject({ arm: 'bitfit', dataset: 'squares', steps: 4, unit: 'px', tolerance: 2 });
  expect(summary.cases.map((c) => c.dice)).toEqual(run.objects.map((o) => o.after));
  expect(summary.curve.filter((c) => c.loss !== undefined)).toHaveLength(4);
  expect(summary.overlays).toHaveLength(2);
  expect([summary.peakBytes, summary.seconds > 0]).toEqual([run.bytes, true]);
  const out = await newFolder();
  const { markdown } = await writeReport(out, runs, { title: 'From the page' });
  expect(markdown).toContain('bitfit');
  expect(await readFile(join(out, 'report.html'), 'utf8')).toContain('data:image/png');
});

test('predict and eval open its best adapter, and measure on its own images what the page measured', async () => {
  const record = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'));
  expect(record).toMatchObject({ command: 'page', status: 'done', best: run.best, gpu: { name: expect.any(String) } });
  expect(record.plan.dispatches).toBeGreaterThan(0);
  const model = await openTrained({ adapter: folder, base: file });
  const bare = resolveConfig(merge(model.config!, { adapters: [], trainable: 'none' }), []);
  expect(bare.data.source).toBe(join(folder, 'data'));
  const host = { open: async () => gpu, log: { write() {} }, stopped: () => false, plan };
  const { runs } = (await evaluateModel(model, bare, makeLab(host), null))!;
  const dice = runs[0].summary.cases.map((c) => c.dice);
  expect(dice.reduce((sum, v) => sum + v, 0) / dice.length).toBeCloseTo(run.best!.dice, 6);
  expect(runs[1].summary.cases.map((c) => c.dice)).toEqual(run.objects.map((o) => o.before));
});

test('the best adapter and the last are apart, in the zips and on the device', async () => {
  expect(run.best?.step).toBeLessThan(4);
  const zips = await Promise.all(
    (['best', 'last'] as const).map((adapter) => d.methods.exportAdapter({ run: run.id, adapter }, d.context)),
  );
  expect(zips.map((z) => z.name)).toEqual(['tiny-bitfit-Run-1-best.zip', 'tiny-bitfit-Run-1-last.zip']);
  const folders = await Promise.all(zips.map(unpacked));
  expect(await readdir(folders[0])).toEqual(['README.md', 'adapter_config.json', 'adapter_model.safetensors']);
  const weights = (at: string, name: string) => readFile(join(at, name));
  const [best, last] = await Promise.all(folders.map((at) => weights(at, 'adapter_model.safetensors')));
  expect(best.equals(await weights(folder, 'best.safetensors'))).toBe(true);
  expect(last.equals(await weights(folder, 'last.safetensors'))).toBe(true);
  expect(best.equals(last)).toBe(false);
  const stated = JSON.parse(await readFile(join(folders[0], 'adapter_config.json'), 'utf8'));
  expect(stated.training.steps).toBe(run.best?.step);
  // Once a run is over, the best one is asked for masks, until somebody chooses the last.
  const before = d.model();
  expect((await d.methods.useRun({ run: run.id, adapter: null }, d.context)).run.applied).toBeNull();
  expect(d.model()).toBe(before);
  expect((await d.methods.useRun({ run: run.id, adapter: 'last' }, d.context)).run.applied).toBe('last');
  expect(d.model()).not.toBe(before);
  // The zips open again: that of the adapter, and that of the whole run, of which the best adapter is taken.
  for (const given of [zips[1], await d.methods.exportRun({ run: run.id }, d.context)]) {
    const back = await d.methods.importAdapter({ files: [new File([given.blob], given.name)] }, d.context);
    const out = await d.methods.exportAdapter({ run: back.id, adapter: 'last' }, d.context);
    const bytes = await weights(await unpacked(out), 'adapter_model.safetensors');
    expect(bytes.equals(given === zips[1] ? last : best), given.name).toBe(true);
  }
  d.leave(gpu, false);
});
