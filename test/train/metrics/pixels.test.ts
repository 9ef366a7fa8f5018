import { expect, test } from 'vitest';
import { rng } from '../../../src/data/rng';
import { drawPixels, firstMaximum, pixelsOf } from '../../../src/train/metrics/pixels';

test('the first of equal maxima, and the pixels of a mask in raster order', () => {
  expect(firstMaximum([1, 5, 5, 2])).toBe(1);
  expect(Array.from(pixelsOf([0, 3, 0, 1]))).toEqual([1, 3]);
});

test('drawn pixels are different ones, each equally often, and at most all', () => {
  const r = rng(5);
  const seen = new Map<number, number>();
  for (let n = 0; n < 4000; n++) {
    const [a, b] = drawPixels(Int32Array.of(3, 4, 9, 11), 2, r);
    expect(a).not.toBe(b);
    for (const p of [a, b]) seen.set(p, (seen.get(p) ?? 0) + 1);
  }
  for (const p of [3, 4, 9, 11]) expect(Math.abs((seen.get(p) ?? 0) - 2000)).toBeLessThan(200);
  expect(drawPixels(Int32Array.of(7, 8), 5, r).sort()).toEqual([7, 8]);
});
