import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { completeRun, parseRun } from '../../../src/app/configs';
import { type Drawer, memoryDrawer } from '../../../src/app/engine/drawer';
import { runLocks } from '../../../src/app/engine/runLocks';
import type { Progress } from '../../../src/app/protocol';
import { runExperiment } from '../../../src/cli/experimentRun';
import { makeLab } from '../../../src/cli/lab';
import { newFolder } from '../../cli/adaptFixture';
import { desk, file, gpu, input, plan } from './deskFixture';
import { fakeLocks } from './fakeLocks';

vi.setConfig({ testTimeout: 600_000 });

const filesOf = async (drawer: Drawer, id: string) => {
  const own = drawer.drawer(id);
  const bytes = async (path: string) =>
    Buffer.from((await (await own.read(path))?.arrayBuffer()) ?? new ArrayBuffer(0));
  return { metrics: (await bytes('metrics.jsonl')).toString(), adapter: await bytes('last.safetensors') };
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
  // What it starts from is the parent's best, which is its last here.
  expect(done.best?.step).toBe(4);
  expect(child.objects.map((o) => o.before)).toEqual(done.objects.map((o) => o.after));
  const { name, blob } = await whole.methods.exportAdapter({ run: child.id, adapter: 'best' }, whole.context);
  expect(name).toMatch(/bitfit-Run-2\.zip$/);
  const other = desk(memoryDrawer());
  const opened = await other.methods.importAdapter({ files: [new File([blob], name)] }, other.context);
  expect(opened).toMatchObject({ imported: true, step: 4, phase: 'done' });
  await other.methods.useRun({ run: opened.id, adapter: null }, other.context);
  expect(other.model()).not.toBeNull();
  const again = await other.methods.exportAdapter({ run: opened.id, adapter: 'best' }, other.context);
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

test('a full disk is said, the run goes on in memory and can be saved; it is kept as soon as there is room', async () => {
  const disk = memoryDrawer(6000);
  const small = desk(disk);
  const end = await small.begin(input());
  expect(end).toMatchObject({ phase: 'done', step: 4 });
  expect(end.unsaved).toMatch(/needed/);
  const zip = await small.methods.exportRun({ run: end.id }, small.context);
  const kept = await whole.methods.exportRun({ run: done.id }, whole.context);
  expect(zip.blob.size / kept.blob.size).toBeCloseTo(1, 1);
  expect((await small.methods.runs({}, small.context))[0].unsaved).toBe(end.unsaved);
  const { curve } = await small.methods.useRun({ run: end.id, adapter: 'last' }, small.context);
  expect(curve.filter((c) => c.loss !== undefined)).toHaveLength(4);
  await small.methods.removeRun({ run: end.id }, small.context);
  expect(await small.methods.runs({}, small.context)).toEqual([]);
  await expect(small.methods.useRun({ run: end.id, adapter: null }, small.context)).rejects.toThrow(/any more/);
});

test('two tabs: the second may look at a run that the first trains, not write it; later it finds it as it is', async () => {
  const [disk, manager] = [memoryDrawer(), fakeLocks()];
  const second = desk(disk, runLocks(manager));
  const seen: unknown[] = [];
  let asked: Promise<unknown> = Promise.resolve();
  const ask = async () => {
    const [run] = await second.methods.runs({}, second.context);
    seen.push(run);
    const { resume, removeRun, renameRun, useRun } = second.methods;
    for (const call of [
      resume({ run: run.id, finish: false, only: null }, second.context),
      removeRun({ run: run.id }, second.context),
      renameRun({ run: run.id, name: 'x' }, second.context),
    ])
      await expect(call).rejects.toThrow(/Run 1 is being trained in another tab/);
    seen.push((await useRun({ run: run.id, adapter: null }, second.context)).run);
  };
  const hear = (p: Progress) => {
    if (p.kind === 'step' && p.step === 3) asked = ask();
  };
  const first = desk(disk, runLocks(manager), hear);
  const paused = await first.begin(input(), 3);
  await asked;
  expect(seen).toMatchObject([
    { id: paused.id, step: 2, elsewhere: true },
    { id: paused.id, step: 2, elsewhere: true },
  ]);
  // Free: the second goes on, and the first finds it at its end.
  const end = await second.methods.resume({ run: paused.id, finish: false, only: null }, second.context);
  expect(end).toMatchObject({ phase: 'done', step: 4 });
  expect(end.objects.map((o) => o.after)).toEqual(done.objects.map((o) => o.after));
  expect(await first.methods.runs({}, first.context)).toMatchObject([{ phase: 'done', step: 4, elsewhere: false }]);
  await second.methods.removeRun({ run: paused.id }, second.context);
  const again = first.methods.resume({ run: paused.id, finish: false, only: null }, first.context);
  await expect(again).rejects.toThrow(/not kept here any more/);
  expect(await disk.drawers()).toEqual([]);
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
