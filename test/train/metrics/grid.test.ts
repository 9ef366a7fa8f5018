import { expect, test } from 'vitest';
import { asVolume, grid, voxels } from '../../../src/train/metrics/grid';

test('without spacing the unit is the pixel, with it the millimetre', () => {
  expect(grid([2, 3])).toEqual({ shape: [2, 3], spacing: [1, 1], unit: 'px' });
  expect(grid([2, 3], [0.5, 2]).unit).toBe('mm');
  expect(asVolume(grid([2, 3], [0.5, 2]))).toEqual({ d: 1, h: 2, w: 3, spacing: [1, 0.5, 2] });
  expect(voxels(grid([4, 2, 3]))).toBe(24);
});

test.each([
  [[5], undefined, /1 axes, expected \(H,W\) or \(D,H,W\)/],
  [[5, 0], undefined, /at least 1/],
  [[5, 5], [1, 1, 1], /3 spacings for shape \[5,5\]/],
  [[5, 5], [1, 0], /spacing \[1,0\] mm, expected positive/],
  [[5, 5], [1, Number.NaN], /correct the header/],
])('shape %o with spacing %o is refused', (shape, spacing, message) => {
  expect(() => grid(shape, spacing)).toThrow(message);
});
