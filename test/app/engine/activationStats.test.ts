import { expect, test } from 'vitest';
import { histogramOf, tokenMaps } from '../../../src/app/engine/activationStats';

test('a histogram counts every value once, ends included', () => {
  const h = histogramOf(Float32Array.from([-1, 0, 0, 1]));
  expect([h.from, h.to, h.average]).toEqual([-1, 1, 0]);
  expect(h.deviation).toBeCloseTo(Math.SQRT1_2, 6);
  expect(h.counts.reduce((a, b) => a + b, 0)).toBe(4);
  expect([h.counts[0], h.counts[h.counts.length / 2], h.counts.at(-1)]).toEqual([1, 2, 1]);
  expect(histogramOf(Float32Array.from([3, 3])).counts[0]).toBe(2);
});

test('channels become a mean and a size; windows with padding go back to the grid', () => {
  const grid = { rows: 2, columns: 3, window: 2 };
  const map = tokenMaps(Float32Array.from([1, -3, 2, 2, 0, 0, 0, 0, 0, 0, 5, -5]), [1, 2, 3, 2], grid)!;
  expect([...map.mean]).toEqual([-1, 2, 0, 0, 0, 0]);
  expect([...map.size]).toEqual([2, 2, 0, 0, 0, 5]);
  const windows = Float32Array.from({ length: 8 }, (_, i) => i);
  expect([...tokenMaps(windows, [2, 2, 2, 1], grid)!.mean]).toEqual([0, 1, 4, 2, 3, 6]);
  expect(tokenMaps(new Float32Array(5), [1, 5, 1], grid)).toBeNull();
});
