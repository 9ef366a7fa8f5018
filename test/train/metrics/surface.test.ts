import { expect, test } from 'vitest';
import { rng } from '../../../src/data/rng';
import { type Grid, grid } from '../../../src/train/metrics/grid';
import {
  diagonal,
  hausdorff95,
  percentile,
  surfaceDice,
  surfaceDistances,
  surfaceOf,
} from '../../../src/train/metrics/surface';

const placeOf = (p: number, { shape }: Grid) => {
  const out: number[] = [];
  for (let axis = shape.length - 1, rest = p; axis >= 0; axis--) {
    out.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return out;
};

/** By definition, voxel by voxel. */
function isSurface(mask: Uint8Array, p: number, on: Grid): boolean {
  const place = placeOf(p, on);
  const at = (q: number[]) =>
    q.every((v, a) => v >= 0 && v < on.shape[a]) && mask[q.reduce((i, v, a) => i * on.shape[a] + v, 0)] > 0;
  const faces = on.shape.flatMap((_, a) => [-1, 1].map((step) => place.map((v, b) => (a === b ? v + step : v))));
  return mask[p] > 0 && !faces.every(at);
}

test('surfaces and distances of random masks agree with their definitions', () => {
  for (let n = 0; n < 60; n++) {
    const r = rng(2, 'surfaces', n);
    const shape = n % 2 ? [r.int(1, 5), r.int(1, 6), r.int(1, 6)] : [r.int(1, 12), r.int(1, 12)];
    const on = grid(
      shape,
      shape.map(() => r.uniform(0.3, 4)),
    );
    const size = shape.reduce((a, b) => a * b, 1);
    const [a, b] = [0, 1].map(() => {
      const density = r.pick([0.1, 0.6, 0.95]);
      const mask = Uint8Array.from({ length: size }, () => (r.chance(density) ? 1 : 0));
      mask[r.int(0, size - 1)] = 1;
      return mask;
    });
    const surface = (mask: Uint8Array) => [...mask.keys()].filter((p) => isSurface(mask, p, on));
    expect([...surfaceOf(a, on).keys()].filter((p) => surfaceOf(a, on)[p])).toEqual(surface(a));
    const nearest = (from: number[], to: number[]) =>
      from.map((p) =>
        Math.min(
          ...to.map((q) =>
            Math.hypot(...placeOf(p, on).map((v, axis) => on.spacing[axis] * (v - placeOf(q, on)[axis]))),
          ),
        ),
      );
    const got = surfaceDistances(a, b, on);
    nearest(surface(a), surface(b)).forEach((v, i) => {
      expect(got.fromPrediction[i]).toBeCloseTo(v, 10);
    });
    nearest(surface(b), surface(a)).forEach((v, i) => {
      expect(got.fromTruth[i]).toBeCloseTo(v, 10);
    });
    expect(got.pooled.length).toBe(got.fromPrediction.length + got.fromTruth.length);
  }
});

test('a 2-D mask has no neighbours in front and behind; a volume of one slice has', () => {
  const full = new Uint8Array(25).fill(1);
  expect(surfaceOf(full, grid([5, 5])).reduce((a, b) => a + b)).toBe(16);
  expect(surfaceOf(full, grid([1, 5, 5])).reduce((a, b) => a + b)).toBe(25);
});

test('percentiles are linear between the places of an ascending list', () => {
  expect(percentile([0, 10], 0.95)).toBeCloseTo(9.5, 12);
  expect(percentile([3], 0.95)).toBe(3);
  expect(percentile([1, 2, 3, 4, 5], 0.5)).toBe(3);
  expect(percentile([], 0.5)).toBe(Number.NaN);
});

test('one far voxel moves HD95 by its share, and NSD counts voxels within the tolerance, the limit included', () => {
  const pooled = Float64Array.from([...new Array(19).fill(0), 8]);
  const distances = { fromPrediction: pooled, fromTruth: new Float64Array(), pooled };
  expect(hausdorff95(distances)).toBeCloseTo(0.05 * 8, 12);
  expect(surfaceDice(distances, 7.99)).toBe(0.95);
  expect(surfaceDice(distances, 8)).toBe(1);
  // Three voxels of 0.1 mm as a float32 header says it are 0.3 mm.
  const rounded = Float64Array.of(3 * Math.fround(0.1));
  expect(surfaceDice({ ...distances, pooled: rounded }, 0.3)).toBe(1);
});

test('the diagonal joins the centres of opposite corners', () => {
  expect(diagonal(grid([4, 5], [2, 2]))).toBe(10);
  expect(diagonal(grid([1, 1, 1]))).toBe(0);
});

test('an empty mask has no surface to measure from', () => {
  expect(() => surfaceDistances([0, 0], [1, 0], grid([1, 2]))).toThrow(/empty/);
});

test('a volume of 240 x 240 x 155 voxels takes seconds at most', () => {
  const [d, h, w] = [155, 240, 240];
  const ball = (cx: number) => {
    const mask = new Uint8Array(d * h * w);
    for (let z = 20; z < 135; z++) {
      for (let y = 30; y < 210; y++) {
        for (let x = 30; x < 220; x++) {
          if (((x - cx) / 80) ** 2 + ((y - 120) / 80) ** 2 + ((z - 77) / 55) ** 2 < 1) mask[(z * h + y) * w + x] = 1;
        }
      }
    }
    return mask;
  };
  const start = performance.now();
  const distances = surfaceDistances(ball(115), ball(119), grid([d, h, w], [1, 1, 1]));
  expect(hausdorff95(distances)).toBeLessThanOrEqual(4);
  expect(performance.now() - start).toBeLessThan(20_000); // About one second on an idle core.
});
