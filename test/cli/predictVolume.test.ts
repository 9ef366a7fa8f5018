import { expect, test } from 'vitest';
import { predictVolume } from '../../src/cli/predictVolume';
import { affineOf } from '../../src/data/affine';
import type { Predict } from '../../src/data/experiment/experimentData';
import { makeVolume } from '../../src/data/volume';
import { labelsFromLogits, prepareVolume } from '../../src/data/volumePrepare';
import type { Evaluated } from '../../src/train/evaluator';

const dims = [20, 24, 10] as const;
const image = makeVolume(
  dims,
  Uint8Array.from({ length: 20 * 24 * 10 }, (_, i) => i % 200),
  // x runs to the left, z downwards: a view has to turn both
  affineOf([-1, 0, 0], [0, 1, 0], [0, 0, -3], [10, -12, 15]),
);
const spec = { depth: 4, overlap: 0.5 };
const prepared = prepareVolume('v', image, { side: 48, plane: 'axial' });

/** A model that finds a square of `r` pixels of the frame around its first point on the object, and all of a box. */
const around =
  (r: number): Predict =>
  async (rows) =>
    rows.map(({ points, labels }) => {
      const logits = new Float32Array(48 * 48).fill(-5);
      const at = labels.indexOf(1);
      const box = labels.indexOf(2);
      const [x0, y0, x1, y1] =
        box >= 0
          ? points.slice(2 * box, 2 * box + 4)
          : at < 0
            ? [1, 1, 0, 0]
            : [points[2 * at] - r, points[2 * at + 1] - r, points[2 * at] + r, points[2 * at + 1] + r];
      for (let y = 0; y < 48; y++)
        for (let x = 0; x < 48; x++) if (x >= x0 && x <= x1 && y >= y0 && y <= y1) logits[48 * y + x] = 5;
      return { logits } as unknown as Evaluated;
    });

const index = (i: number, j: number, k: number) => i + dims[0] * (j + dims[1] * k);
const object = { name: 'a', labels: [1], box: null };

test('a click at a voxel marks that voxel, whichever way the file is turned; other slices stay empty', async () => {
  const told: string[] = [];
  const prompts = [{ ...object, points: [[4, 17, 7]] }];
  const found = await predictVolume(prepared, prompts, spec, around(2), (d, n) => told.push(`${d}/${n}`));
  const labels = labelsFromLogits(found);
  expect(labels[index(4, 17, 7)]).toBe(1);
  expect(labels[index(15, 17, 7)]).toBe(0);
  expect(labels[index(4, 6, 7)]).toBe(0);
  const slices = [...labels.keys()].filter((i) => labels[i]).map((i) => Math.floor(i / (dims[0] * dims[1])));
  expect([...new Set(slices)]).toEqual([7]);
  expect(told.at(-1)).toBe('4/4');
});

test('a box reaches over its slices; several objects have values of their own', async () => {
  const prompts = [
    { ...object, points: [[4, 17, 7]] },
    { name: 'b', points: [], labels: [], box: [10, 2, 1, 14, 8, 3] },
  ];
  const labels = labelsFromLogits(await predictVolume(prepared, prompts, spec, around(1), () => {}));
  expect([labels[index(12, 5, 1)], labels[index(12, 5, 3)], labels[index(12, 5, 5)]]).toEqual([2, 2, 0]);
  expect(labels[index(4, 17, 7)]).toBe(1);
  expect(labels[index(3, 5, 2)]).toBe(0);
});

test('without prompts every slice is clicked at its centre', async () => {
  const labels = labelsFromLogits(await predictVolume(prepared, null, spec, around(2), () => {}));
  for (let k = 0; k < dims[2]; k++) expect(labels[index(10, 12, k)]).toBe(1);
});

test('prompts outside, or of two coordinates, are refused', async () => {
  const ask = (points: number[][]) => predictVolume(prepared, [{ ...object, points }], spec, around(1), () => {});
  await expect(ask([[4, 30, 7]])).rejects.toThrow('(4, 30, 7) lies outside the volume of 20 × 24 × 10 voxels');
  await expect(ask([[4, 3]])).rejects.toThrow('has no third coordinate');
});
