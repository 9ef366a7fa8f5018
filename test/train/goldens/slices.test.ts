import { expect, test } from 'vitest';
import { input } from '../../../src/tensor/tensor';
import { rowsOfSlices, slicesOf } from '../../../src/train/goldens/slices';

test('volumes become rows of three equal channels, images stay', () => {
  expect(rowsOfSlices(input('x', [2, 5, 8, 6]), 5).shape).toEqual([10, 3, 8, 6]);
  expect(rowsOfSlices(input('x', [2, 3, 8, 6]), 3).shape).toEqual([6, 3, 8, 6]);
  expect(rowsOfSlices(input('x', [2, 1, 8, 6]), 1).shape).toEqual([2, 3, 8, 6]);
  const image = input('x', [2, 3, 8, 6]);
  expect(rowsOfSlices(image, 1)).toBe(image);
});

test('a case without slices is of images', () => {
  expect(slicesOf({})).toBe(1);
  expect(slicesOf({ slices: 4 })).toBe(4);
});
