import { expect, test } from 'vitest';
import { hasSlices, rangeWithin } from '../../src/app/sliceRange';
import { imageInfo, opened, volumeInfo } from './cases';

test('ranges are in order and within the slices; what is no number means all', () => {
  expect(rangeWithin(2, 4, 5)).toEqual([1, 3]);
  expect(rangeWithin(4, 2, 5)).toEqual([1, 3]);
  expect(rangeWithin(-3, 99, 5)).toEqual([0, 4]);
  expect(rangeWithin(Number.NaN, Number.NaN, 5)).toEqual([0, 4]);
});

test('volumes have slices to go through, images and single slices have none', () => {
  expect(hasSlices(opened(volumeInfo()))).toBe(true);
  expect(hasSlices(opened(imageInfo()))).toBe(false);
  expect(hasSlices(opened(volumeInfo('v', { dims: [4, 3, 1] })))).toBe(false);
  expect(hasSlices(null)).toBe(false);
});
