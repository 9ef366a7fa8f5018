// Runs of the page's engine on a tiny base, without a page: the same code that the worker runs, in memory.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { completeRun, parseRun, type RunInput } from '../../../src/app/configs';
import type { Base } from '../../../src/app/engine/base';
import { makeCases } from '../../../src/app/engine/cases';
import { type Drawer, memoryDrawer } from '../../../src/app/engine/drawer';
import { makeRunDesk } from '../../../src/app/engine/runDesk';
import type { Progress } from '../../../src/app/protocol';
import { openBase } from '../../../src/cli/baseFile';
import { installDawn } from '../../../src/cli/dawn.mjs';
import { runExperiment } from '../../../src/cli/experimentRun';
import { makeLab } from '../../../src/cli/lab';
import { openGpu } from '../../../src/gpu/device';
import { newFolder, writeBase } from '../../cli/adaptFixture';

vi.setConfig({ testTimeout: 600_000 });
await installDawn();
const gpu = await openGpu();
const plan = { variants: { matmul: 'naive' } };
const file = join(await newFolder(), 'base.safetensors');
await writeBase(file);
const { config, source, fingerprint } = await openBase(file);
const { imgSize, patchSize } = config.imageEncoder;
const base: Base = {
  ...{ config, source, fingerprint },
  info: { name: config.name, imgSize, patchSize, parameters: 1, trained: true },
};

const input = (adapters: string[] = ['bitfit'], more = {}): RunInput => ({
  experiment: {
    ...{ adapters, base: config.name, checkpoint: 2, eval: { times: 2, surfaces: false }, output: { overlays: 0 } },
    data: { classes: ['ultrasound: nodule'], maxTrain: 3, maxVal: 2 },
    train: { steps: 4, batch: 2, warmup: 1 },
    ...more,
  },
});

/** A desk on a drawer, as after opening the page. */
function desk(drawer: Drawer) {
  const d = makeRunDesk({
    gpu: () => gpu,
    base: async () => base,
    cases: makeCases(),
    drawer: Promise.resolve(drawer),
    plan,
  });
  const told: Progress[] = [];
  const context = { signal: new AbortController().signal, progress: (p: Progress) => told.push(p) };
  const begin = (c: RunInput, only: number | null = null) =>
    d.methods.adapt({ config: parseRun(c), source: { kind: 'made' }, only }, context);
  return { ...d, told, context, begin };
}

const filesOf = async (drawer: Drawer, id: string) => {
  const own = drawer.drawer(id);
  const bytes = async (path: string) =>
    Buffer.from((await (await own.read(path))?.arrayBuffer()) ?? new ArrayBuffer(0));
  return { metrics: (await bytes('metrics.jsonl')).toString(), adapter: await bytes('adapter_model.safetensors') };
};

const straight = memoryDrawer();
const whole = desk(straight);
const done = await whole.begin(input());

test('a run trains, is measured on the way and at the end, and is kept', async () => {
  expect(done).toMatchObject({ phase: 'done', step: 4, name: 'Run 1', unsaved: null });
  expect(done.objects).toHaveLength(2);
  for (const o of done.objects) expect([o.before, o.after].every((v) => v !== null && v >= 0 && v <= 1)).toBe(true);
  expect(done.bytes).toBeGreaterThan(0);
  const kinds = whole.told.map((p) => (p.kind === 'run' ? p.run.phase : p.kind));
  expect(kinds.filter((k) => k === 'step')).toHaveLength(4);
  expect(kinds.filter((k) => k === 'dice')).toHaveLength(2);
  expect((await whole.methods.runs({}, whole.context)).map((r) => r.id)).toEqual([done.id]);
});

test('the command line computes the same curve', async () => {
  const host = { open: async () => gpu, log: { write() {} }, stopped: () => false, plan };
  const path = join(await newFolder(), 'run');
  const { experiment } = completeRun(parseRun(input()), { base: file });
  const same = { ...experiment, output: { ...experiment.output, folder: path } };
  await runExperiment({ command: 'train', config: same, resume: false }, makeLab(host));
  expect(await readFile(join(path, 'metrics.jsonl'), 'utf8')).toBe((await filesOf(straight, done.id)).metrics);
});

test('paused, left and taken up another day it ends with the same bits', async () => {
  const drawer = memoryDrawer();
  const paused = await desk(drawer).begin(input(), 1);
  expect(paused).toMatchObject({ phase: 'paused', step: 1 });
  const later = desk(drawer);
  const [listed] = await later.methods.runs({}, later.context);
  expect(listed).toMatchObject({ id: paused.id, phase: 'paused', step: 1 });
  const end = await later.methods.resume({ run: listed.id, finish: false, only: null }, later.context);
  expect(end).toMatchObject({ phase: 'done', step: 4 });
  expect(end.objects.map((o) => o.after)).toEqual(done.objects.map((o) => o.after));
  const [a, b] = [await filesOf(drawer, end.id), await filesOf(straight, done.id)];
  expect(a.metrics).toBe(b.metrics);
  expect(a.adapter.length).toBeGreaterThan(1000);
  expect(a.adapter.equals(b.adapter)).toBe(true);
});

test('a run may begin with the adapter of another; exported and opened again it is the same adapter', async () => {
  const child = await whole.begin({ ...input(), from: done.id });
  expect(child.config.from).toBe(done.id);
  // What it starts from is what the parent came to.
  expect(child.objects.map((o) => o.before)).toEqual(done.objects.map((o) => o.after));
  const { name, blob } = await whole.methods.exportAdapter({ run: child.id }, whole.context);
  expect(name).toMatch(/bitfit-Run-2\.zip$/);
  const other = desk(memoryDrawer());
  const opened = await other.methods.importAdapter({ files: [new File([blob], name)] }, other.context);
  expect(opened).toMatchObject({ imported: true, step: 4, phase: 'done' });
  await other.methods.useRun({ run: opened.id }, other.context);
  expect(other.model()).not.toBeNull();
  const again = await other.methods.exportAdapter({ run: opened.id }, other.context);
  expect(again.blob.size).toBeGreaterThan(1000);
  other.leave(gpu, false);
});

test('a held-out object as a picture: image, truth, masks before and after', async () => {
  const p = await whole.methods.runObject({ run: done.id, index: 1, slice: null }, whole.context);
  const pixels = p.width * p.height;
  expect(p.pixels).toHaveLength(4 * pixels);
  for (const runs of [p.truth, p.before!, p.after!]) expect(runs.reduce((n, v) => n + v, 0)).toBe(pixels);
  expect(p.slices).toEqual([{ slice: 0, before: done.objects[1].before, after: done.objects[1].after }]);
});

test('a full disk is said and the run goes on; a removed run is gone', async () => {
  const small = desk(memoryDrawer(6000));
  const end = await small.begin(input());
  expect(end).toMatchObject({ phase: 'done', step: 4 });
  expect(end.unsaved).toMatch(/needed/);
  await small.methods.removeRun({ run: end.id }, small.context);
  expect(await small.methods.runs({}, small.context)).toEqual([]);
  await expect(small.methods.useRun({ run: end.id }, small.context)).rejects.toThrow(/not kept here any more/);
});

test('memory and time are estimated by planning alone, with what would lower them', async () => {
  const e = await whole.methods.estimate(
    { config: parseRun(input(['medsa'], { train: { batch: 8 } })), volumes: false },
    whole.context,
  );
  expect(e.bytes).toBeGreaterThan(1e5);
  expect(e.levers.length).toBeGreaterThan(0);
  for (const l of e.levers) expect(l.bytes + l.saves).toBe(e.bytes);
  // Slabs of three slices take more than images, whatever the adapter.
  const slabs = input(['medsa'], { train: { batch: 1 }, data: { source: 'folder', volume: { depth: 3 } } });
  const of = (volumes: boolean) => whole.methods.estimate({ config: parseRun(slabs), volumes }, whole.context);
  const [image, slab] = [await of(false), await of(true)];
  expect(slab.flops).toBeGreaterThan(2 * image.flops);
  expect(slab.bytes).toBeGreaterThan(1.5 * image.bytes);
  expect(e.msPerStep).toBeGreaterThan(0);
  const counted = await whole.methods.plan({ config: parseRun(input(['medsa'])) }, whole.context);
  expect(counted.trained).toBeGreaterThan(0);
});

test('volumes: slabs with adapters that join slices; Dice in every slice', async () => {
  const d = desk(memoryDrawer());
  const data = { source: 'phantom-3d', classes: ['liver'], maxTrain: 1, maxVal: 1, volume: { depth: 4, overlap: 0 } };
  const end = await d.begin(input(['sdTrans'], { data, train: { steps: 1, batch: 1, warmup: 0 } }));
  expect(end).toMatchObject({ phase: 'done', step: 1, data: { name: 'phantom-3d' } });
  const p = await d.methods.runObject({ run: end.id, index: 0, slice: null }, d.context);
  expect(p.slices.length).toBeGreaterThan(3);
  const other = await d.methods.runObject({ run: end.id, index: 0, slice: p.slices[0].slice }, d.context);
  expect(other.slice).toBe(p.slices[0].slice);
  expect(other.truth).not.toEqual(p.truth);
  d.leave(gpu, false);
});
