import { expect, test } from 'vitest';
import { rng } from '../../../src/data/rng';
import { grid } from '../../../src/train/metrics/grid';
import { findErrors, nextClick } from '../../../src/train/metrics/nextClick';

const [width, height] = [40, 30];
const picture = grid([height, width]);
const disc = Uint8Array.from({ length: width * height }, (_, p) =>
  Math.hypot((p % width) - 22, Math.floor(p / width) - 13) < 8.2 ? 1 : 0,
);

test('nothing found: the click is the middle of the object; nothing there: the middle of what was found', () => {
  const nothing = new Uint8Array(disc.length);
  expect(nextClick(nothing, disc, picture)).toMatchObject({ x: 22, y: 13, z: 0, label: 1 });
  expect(nextClick(disc, nothing, picture)).toMatchObject({ x: 22, y: 13, label: 0 });
  expect(nextClick(disc, disc, picture)).toBe(null);
});

test('a random click lies anywhere in the largest error', () => {
  const r = rng(8);
  const seen = new Set<number>();
  for (let n = 0; n < 200; n++) {
    const click = nextClick(new Uint8Array(disc.length), disc, picture, r)!;
    expect(click.label).toBe(1);
    expect(disc[click.y * width + click.x]).toBe(1);
    seen.add(click.y * width + click.x);
  }
  expect(seen.size).toBeGreaterThan(80);
});

test('of equal components a missed one comes first, then the first in raster order', () => {
  const on = grid([3, 5]);
  const truth = [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
  const pred = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
  expect(nextClick(pred, truth, on)).toEqual({ x: 4, y: 0, z: 0, label: 1, area: 1, squaredDistance: 1 });
  expect(findErrors(pred, truth, on).largest).toMatchObject({ ties: 4, area: 1, label: 1 });
});

test('missed and wrong pixels that touch are different errors', () => {
  const { missed, wrong } = findErrors([1, 1, 0, 0], [0, 0, 1, 1], grid([1, 4]));
  expect([missed.sizes, wrong.sizes]).toEqual([[2], [2]]);
});

test('in a volume the click has a slice, and spacing decides what is inner', () => {
  const truth = new Uint8Array(5 * 7 * 7);
  for (let z = 0; z < 5; z++) {
    for (let y = 1; y < 6; y++) for (let x = 1; x < 6; x++) truth[(z * 7 + y) * 7 + x] = 1;
  }
  const nothing = new Uint8Array(truth.length);
  expect(nextClick(nothing, truth, grid([5, 7, 7]))).toMatchObject({ x: 3, y: 3, z: 2, area: 125, squaredDistance: 9 });
  // Slices 10 mm apart: the border in z is far away, so the first slice is as inner as any.
  expect(nextClick(nothing, truth, grid([5, 7, 7], [10, 1, 1]))).toMatchObject({ x: 3, y: 3, z: 0 });
});

test('many tiny errors are no trouble', () => {
  const dots = Uint8Array.from({ length: 800 * 800 }, (_, p) => (p % 2 === 0 && Math.floor(p / 800) % 2 === 0 ? 1 : 0));
  expect(nextClick(dots, new Uint8Array(dots.length), grid([800, 800]))).toMatchObject({
    x: 0,
    y: 0,
    label: 0,
    area: 1,
  });
});

test('a mask of another size is refused, with its role', () => {
  expect(() => nextClick([1], [1, 0], grid([1, 2]))).toThrow(/nextClick: prediction.*1 pixels, expected 2 x 1/);
});
