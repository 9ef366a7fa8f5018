import { expect, test } from 'vitest';
import type { Predict } from '../../../src/data/experiment/experimentData';
import { phantomVolumeData } from '../../../src/data/experiment/volumeData';
import type { Evaluated } from '../../../src/train/evaluator';
import { type DataConfig, resolveConfig } from '../../../src/train/experiment/config';
import type { TrainItem } from '../../../src/train/trainItem';

const config = (...sets: string[]): DataConfig =>
  resolveConfig(
    {},
    ['maxTrain=1', 'maxVal=1', 'volume.depth=4', ...sets].map((s) => `data.${s}`),
  ).data;
const data = await phantomVolumeData(config(), 32);

/** A model that answers by `logit` of the truth at each pixel. */
const answering =
  (logit: (inside: number) => number): Predict =>
  async (rows) =>
    rows.map((r: TrainItem) => ({ logits: Float32Array.from(r.mask, logit) }) as unknown as Evaluated);

test('phantoms: slabs of whole rows to train, classes of volumes to measure, distances in mm', async () => {
  expect(data).toMatchObject({ depth: 4, unit: 'mm', name: 'phantom-3d' });
  expect(data.counts).toMatch(/5 objects of 1 volumes \(\d+ slabs of 4 slices\) to train, 5 objects of 1 volumes/);
  const rows = data.batch({ seed: 1, batch: 2, prompt: 'point-1' }, 0);
  expect(rows).toHaveLength(8);
  expect(new Set(rows.slice(0, 4).map((r) => r.className)).size).toBe(1);
  expect(data.batch({ seed: 1, batch: 2, prompt: 'point-1' }, 0).map((r) => [...r.points])).toEqual(
    rows.map((r) => [...r.points]),
  );
  expect((await phantomVolumeData(config('seed=2'), 32)).hash).not.toBe(data.hash);
  expect((await phantomVolumeData(config('volume.depth=6'), 32)).hash).not.toBe(data.hash);
});

test('a model that knows the slices gives the volume back; one that sees nothing gives nothing', async () => {
  const set = (await phantomVolumeData(config('classes=liver'), 64)).evaluation('point-1');
  const told: number[] = [];
  const [liver] = await set.evaluate(
    answering((inside) => (inside ? 5 : -5)),
    8,
    (n) => told.push(n),
  );
  expect(told).toEqual([1]);
  // the frame is half as fine as the volume, so borders differ by a voxel
  expect(liver.dice).toBeGreaterThan(0.95);
  const { hd95, nsd } = set.surfaces(0, liver.mask, 5);
  expect(hd95).toBeLessThan(6);
  expect(nsd).toBeGreaterThan(0.95);
  const [nothing] = await set.evaluate(
    answering(() => -5),
    8,
    () => {},
  );
  expect(nothing).toMatchObject({ dice: 0, empty: 'one' });
});

test('the picture of a volume is its fullest slice, with the mask of that slice', async () => {
  const set = data.evaluation('point-1');
  const { item, framed } = set.shown(0);
  const [first] = await set.evaluate(
    answering((inside) => (inside ? 5 : -5)),
    4,
    () => {},
  );
  const shown = framed(first.mask);
  const agree = shown.filter((v, i) => v === item.mask[i]).length;
  expect(agree / shown.length).toBeGreaterThan(0.97);
  expect(item.mask.reduce((a, b) => a + b, 0)).toBeGreaterThan(20);
});
