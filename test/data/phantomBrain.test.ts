import { expect, test } from 'vitest';
import { crc32 } from '../../src/data/bytes';
import { type Phantom3d, phantom3d } from '../../src/data/phantom3d';
import { brainClasses } from '../../src/data/phantomBrain';

const small = { size: 48, slices: 12 };
const brain = (seed: number, level = 0.5) => phantom3d('brain', seed, 0, { ...small, level });
const bytesOf = (p: Phantom3d) => new Uint8Array(p.image.data.buffer);

/** Voxels of each label. */
function countsOf({ labels }: Phantom3d): number[] {
  const out = new Array(5).fill(0);
  for (const v of labels) out[v]++;
  return out;
}

test('the same seed gives the same volume whatever was drawn before; others differ', () => {
  const first = brain(3);
  phantom3d('brain', 9, 4, { size: 32, slices: 4 });
  expect(crc32(bytesOf(brain(3)))).toBe(crc32(bytesOf(first)));
  expect(brain(3).labels).toEqual(first.labels);
  const sums = [first, brain(4), brain(3, 0.9), phantom3d('brain', 3, 1, small)].map((p) => crc32(bytesOf(p)));
  expect(new Set(sums).size).toBe(4);
});

test('spacing, affine, classes: a field of 216 mm over 112 mm, LPS, the head about the origin', () => {
  const p = phantom3d('brain', 1, 0, { size: 36, slices: 14 });
  expect(p).toMatchObject({ id: 'brain-1-0000', modality: 'brain', classes: brainClasses });
  expect(p.image).toMatchObject({ dims: [36, 36, 14], axes: 'LPS', spacing: [6, 6, 8] });
  expect(p.image.data).toBeInstanceOf(Uint16Array);
  expect(p.image.affine).toEqual([
    [-6, 0, 0, 105],
    [0, -6, 0, 105],
    [0, 0, 8, -34],
    [0, 0, 0, 1],
  ]);
});

test.each([
  [0, 10],
  [0.5, 50],
  [1, 50],
])(
  'level %f, %i seeds: every part of the tumour is there, of a size that occurs',
  (level, seeds) => {
    const voxel = (5.4 * 5.4 * 11.2) / 1000; // ml
    for (let seed = 0; seed < seeds; seed++) {
      const p = phantom3d('brain', seed, 0, { size: 40, slices: 10, level });
      const [, oedema, rim, necrosis, ventricles] = countsOf(p).map((n) => n * voxel);
      const name = `seed ${seed}: ${[oedema, rim, necrosis, ventricles].map((v) => v.toFixed(1)).join(' ')} ml`;
      for (const part of [oedema, rim, ventricles]) expect(part, name).toBeGreaterThan(0);
      expect(rim + necrosis, name).toBeGreaterThan(1);
      expect(rim + necrosis, name).toBeLessThan(120);
      expect(oedema, name).toBeLessThan(260);
      expect(ventricles, name).toBeLessThan(130);
      expect(Math.max(...p.image.data)).toBeLessThan(4096);
    }
  },
  120_000,
);

/** Contrast of a label to unlabelled tissue in the middle of the head, against the spread of the latter: a mean over heads. */
function contrast(label: number, level: number): number {
  let sum = 0;
  for (let seed = 0; seed < 8; seed++) {
    const { image, labels } = phantom3d('brain', seed, 0, { size: 48, slices: 8, level });
    const [found, around]: number[][] = [[], []];
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] === label) found.push(image.data[i]);
      const [x, y, z] = [i % 48, Math.floor(i / 48) % 48, Math.floor(i / 2304)];
      if (labels[i] === 0 && Math.abs(x - 23.5) < 9 && Math.abs(y - 23.5) < 9 && z > 3 && z < 6)
        around.push(image.data[i]);
    }
    const mean = (all: number[]) => all.reduce((a, v) => a + v, 0) / all.length;
    const median = (all: number[]) => all.toSorted((a, b) => a - b)[all.length >> 1];
    const middle = median(around); // white matter
    sum += Math.abs(mean(found) - middle) / median(around.map((v) => Math.abs(v - middle)));
  }
  return sum / 8;
}

test('contrast against noise falls with the level', () => {
  for (const label of [1, 2]) {
    const [easy, usual, hard] = [0, 0.5, 1].map((level) => contrast(label, level));
    expect(easy).toBeGreaterThan(1.1 * usual);
    expect(usual).toBeGreaterThan(1.1 * hard);
  }
}, 120_000);
