import { expect, test } from 'vitest';
import { depthGrid, releaseDepth } from '../../src/adapters/releaseDepth';
import { input } from '../../src/tensor/tensor';

test('grids as the goldens tell of them, and primes', () => {
  const known: Record<number, [number, number]> = {
    2: [1, 2],
    4: [1, 4],
    5: [1, 5],
    6: [2, 3],
    8: [2, 4],
    9: [1, 9],
    12: [3, 4],
    16: [2, 8],
  };
  for (const [chunk, grid] of Object.entries(known)) expect(depthGrid(Number(chunk))).toEqual(grid);
});

test('a chunk of one slice is refused', () => {
  expect(() => depthGrid(1)).toThrow(/at least 2 slices, got 1.*use medsa/);
});

test('columns go through consecutive entries of the batch axis', () => {
  const x = input('x', [12, 2, 3, 5]);
  const y = releaseDepth(x, 6, (columns) => {
    expect(columns.shape).toEqual([2 * 2 * 3, 2, 3, 5]);
    return columns;
  });
  expect(y.shape).toEqual(x.shape);
  expect(() => releaseDepth(x, 5, (c) => c)).toThrow(/12 windows \[12,2,3,5\] do not divide into groups of 5/);
});
