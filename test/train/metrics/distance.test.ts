import { expect, test } from 'vitest';
import { type Rng, rng } from '../../../src/data/rng';
import { squaredDepths, squaredDistances } from '../../../src/train/metrics/distance';
import { type Grid, grid } from '../../../src/train/metrics/grid';

/** Places of all voxels, and of one step around the grid where `around` is 1. */
function* places({ shape }: Grid, around: number): Generator<number[]> {
  const [d, h, w] = [1, ...shape].slice(-3);
  const aroundZ = shape.length === 3 ? around : 0;
  for (let z = -aroundZ; z < d + aroundZ; z++) {
    for (let y = -around; y < h + around; y++) {
      for (let x = -around; x < w + around; x++) yield shape.length === 3 ? [z, y, x] : [y, x];
    }
  }
}

/** By definition: the nearest place that is a feature; outside the grid `beyond` says whether it is one. */
function bruteForce(feature: (at: number | null) => boolean, on: Grid, beyond: boolean): number[] {
  const indexOf = (place: number[]) =>
    place.every((v, a) => v >= 0 && v < on.shape[a]) ? place.reduce((i, v, a) => i * on.shape[a] + v, 0) : null;
  const features = [...places(on, beyond ? 1 : 0)].filter((p) => feature(indexOf(p)));
  return [...places(on, 0)].map((p) =>
    Math.min(Infinity, ...features.map((q) => q.reduce((sum, v, a) => sum + (on.spacing[a] * (v - p[a])) ** 2, 0))),
  );
}

function randomGrid(r: Rng, n: number): Grid {
  const shape = n % 2 ? [r.int(1, 5), r.int(1, 6), r.int(1, 7)] : [r.int(1, 13), r.int(1, 17)];
  return grid(shape, n % 3 ? shape.map(() => r.uniform(0.2, 5)) : undefined);
}

test('distances and depths of random masks of many shapes and spacings are exact', () => {
  for (let n = 0; n < 90; n++) {
    const r = rng(1, 'masks', n);
    const on = randomGrid(r, n);
    const density = r.pick([0.02, 0.3, 0.8, 0.97, 1]);
    const mask = Uint8Array.from({ length: on.shape.reduce((a, b) => a * b, 1) }, () => (r.chance(density) ? 255 : 0));
    const near = (got: Float64Array, want: number[]) =>
      got.forEach((v, i) => {
        if (want[i] === Infinity) expect(v).toBe(Infinity);
        else expect(Math.abs(v - want[i])).toBeLessThanOrEqual(1e-12 * want[i]);
      });
    near(
      squaredDistances(mask, on),
      bruteForce((i) => i !== null && mask[i] > 0, on, false),
    );
    near(
      squaredDepths(mask, on),
      bruteForce((i) => i === null || mask[i] === 0, on, true),
    );
  }
});

test('a long thin picture keeps whole numbers', () => {
  const mask = new Uint8Array(3 * 3000).fill(1);
  expect(new Set(squaredDepths(mask, grid([3, 3000])))).toEqual(new Set([1, 4]));
  expect(squaredDepths(mask, grid([3000, 3]))[4501]).toBe(4);
  expect(squaredDepths(new Uint8Array(501 * 501).fill(1), grid([501, 501]))[250 * 501 + 250]).toBe(251 * 251);
});

test('a mask of another size is refused', () => {
  expect(() => squaredDepths([1, 1, 1], grid([2, 2]))).toThrow(/3 pixels, expected 2 x 2 = 4/);
});
