import { expect, test } from 'vitest';
import { completeRun, parseRun } from '../../../src/app/configs';
import { packMask } from '../../../src/app/document/runs';
import { AGAIN, labelFolder, layersOf } from '../../../src/app/engine/labelFolder';
import { loadRunData } from '../../../src/app/engine/runData';
import { fileFolder } from '../../../src/data/dataset';
import { imageInfo, volumeInfo } from '../cases';

const square = (n: number, x0: number, x1: number) =>
  packMask(Array.from({ length: n * n }, (_, i) => (i % n >= x0 && i % n < x1 && i >= n ? 1 : 0)));
const image = (id: string, n = 16) => ({
  info: imageInfo(id, { dims: [n, n, 1] }),
  values: Uint8Array.from({ length: 3 * n * n }, (_, i) => i % 251),
});
const labels = (id: string, ...objects: [string, number, number][]) => ({
  ...{ case: id, window: [0, 255] as const },
  objects: objects.map(([name, a, b]) => ({ name, masks: [[0, square(16, a, b)]] as const })),
});
const dataOf = async (folder: Awaited<ReturnType<typeof labelFolder>>, adapters = ['medsa']) => {
  const config = parseRun({ experiment: { adapters, data: { source: 'labels', classes: [], volume: { depth: 2 } } } });
  return loadRunData(completeRun(config, { val: folder.val }), 32, fileFolder('labels', folder.files), () => {});
};

test('two images: one trains, one validates; nested objects keep their pixels', async () => {
  const cases = ['a', 'b'].map((id) => ({ of: image(id), labels: labels(id, ['disc', 2, 12], ['cup', 4, 8]) }));
  const folder = await labelFolder(cases, false);
  expect([...folder.files.keys()].sort()).toEqual([
    'images/1.png',
    'images/2.png',
    'index.json',
    'masks/1-2.png',
    'masks/1.png',
    'masks/2-2.png',
    'masks/2.png',
  ]);
  const data = await dataOf(folder);
  expect(data.train).toHaveLength(2);
  expect(data.val).toHaveLength(2);
  const set = data.evaluation('center');
  const area = (i: number) => set.shown(i).item.mask.reduce((n, v) => n + v, 0);
  // At twice the size: 10 and 4 columns of 15 rows.
  expect([area(0), area(1)]).toEqual([4 * 150, 4 * 60]);
  expect(folder.notes).toEqual([]);
});

test('a single image is measured on itself, and says so', async () => {
  const folder = await labelFolder([{ of: image('a'), labels: labels('a', ['x', 2, 8]) }], false);
  expect(folder.val).toEqual([`1 a.png${AGAIN}`]);
  expect(folder.notes[0]).toMatch(/Measured on the one image that it trains on/);
  const data = await dataOf(folder);
  expect([data.train, data.val]).toEqual([['1 a.png: x'], [`1 a.png${AGAIN}: x`]]);
});

test('slices of one volume are images; with adapters of volumes it stays whole', async () => {
  const n = 16;
  const info = volumeInfo('v', {
    dims: [n, n, 4],
    affine: [
      [-1, 0, 0, 0],
      [0, -1, 0, 0],
      [0, 0, 3, 0],
      [0, 0, 0, 1],
    ],
  });
  const of = { info, values: Int16Array.from({ length: n * n * 4 }, (_, i) => i % 1000) };
  const masks = [0, 1, 2].map((z) => [z, square(n, 2, 9)] as const);
  const one = { of, labels: { case: 'v', window: [0, 500] as const, objects: [{ name: 'liver', masks }] } };
  const slices = await labelFolder([one], false);
  expect(slices.notes[0]).toMatch(/slices of one volume/);
  const flat = await dataOf(slices);
  expect(flat.depth).toBe(1);
  expect(flat.train.length + flat.val.length).toBe(3);
  const whole = await dataOf(await labelFolder([one], true), ['sdTrans']);
  expect(whole.depth).toBe(2);
  expect(whole.val).toHaveLength(1);
  expect(whole.evaluation('center').slices(0)).toEqual([0, 1, 2]);
});

test('without a mask there is nothing to train on', async () => {
  await expect(labelFolder([{ of: image('a'), labels: labels('a') }], false)).rejects.toThrow(/no object has a mask/);
});

test('objects share a label map unless they overlap', () => {
  const overlap = (a: number[], b: number[]) => a.some((v) => b.includes(v));
  const layers = layersOf(
    [
      { name: 'a', mask: [1, 2] },
      { name: 'b', mask: [2, 3] },
      { name: 'c', mask: [4] },
    ],
    overlap,
  );
  expect(layers.map((l) => l.map((o) => o.name))).toEqual([['a', 'c'], ['b']]);
});
