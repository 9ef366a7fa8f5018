import { expect, test } from 'vitest';
import { components } from '../../../src/train/metrics/components';
import { grid } from '../../../src/train/metrics/grid';

test('components join across corners and are numbered in raster order', () => {
  const mask = [0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0];
  const found = components(mask, grid([3, 5]));
  expect(found.count).toBe(2);
  expect(found.sizes).toEqual([2, 3]);
  expect(Array.from(found.labels)).toEqual([0, 0, 1, 0, 0, 2, 0, 0, 1, 0, 2, 2, 0, 0, 0]);
  expect(components(mask, grid([3, 5]), 'faces').sizes).toEqual([1, 3, 1]);
});

test('in 3-D voxels touch by corners (26) or by faces (6), never around the edge of the grid', () => {
  const mask = new Uint8Array(27);
  for (const p of [0, 13, 26]) mask[p] = 1;
  expect(components(mask, grid([3, 3, 3])).sizes).toEqual([3]);
  expect(components(mask, grid([3, 3, 3]), 'faces').sizes).toEqual([1, 1, 1]);
  const edges = new Uint8Array(27);
  for (const p of [2, 3, 8, 9]) edges[p] = 1; // ends and beginnings of lines that follow each other in memory
  expect(components(edges, grid([3, 3, 3])).sizes).toEqual([1, 2, 1]);
});

test('a component that fills a large picture, and pixels that never touch', () => {
  const full = components(new Uint8Array(400 * 400).fill(1), grid([400, 400]));
  expect([full.count, full.sizes]).toEqual([1, [160000]]);
  const dots = Uint8Array.from({ length: 400 * 400 }, (_, p) => (p % 2 === 0 && Math.floor(p / 400) % 2 === 0 ? 1 : 0));
  expect(components(dots, grid([400, 400])).count).toBe(40000);
  expect(components([0, 0], grid([1, 2]))).toEqual({ labels: new Int32Array(2), count: 0, sizes: [] });
});
