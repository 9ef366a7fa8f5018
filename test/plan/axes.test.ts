import { expect, test } from 'vitest';
import { keepsFour, mergeAxes } from '../../src/plan/axes';
import { expandView, identityView, padView, permuteView, sliceView } from '../../src/tensor/view';

test('axes that step alike become one, extents of 1 go', () => {
  expect(mergeAxes(identityView([2, 1, 3, 4])).shape).toEqual([24]);
  expect(mergeAxes(sliceView(identityView([2, 3, 4]), 1, 0, 2)).shape).toEqual([2, 8]);
  expect(mergeAxes(expandView(identityView([1, 4]), [3, 4]))).toMatchObject({ shape: [3, 4], strides: [0, 1] });
});

test('four neighbours stay together, become one, or are torn apart', () => {
  const x = identityView([6, 8]);
  expect(keepsFour(x)).toBe(true);
  expect(keepsFour(identityView([3, 5])), 'all in order; the last group is short').toBe(true);
  expect(keepsFour(sliceView(x, 1, 4, 4))).toBe(true);
  expect(keepsFour(expandView(identityView([1, 8]), [6, 8]))).toBe(true);
  expect(keepsFour(expandView(identityView([6, 1]), [6, 8]))).toBe(false);
  expect(keepsFour(padView(x, [0, 4], [1, 4]))).toBe(true);
  for (const torn of [
    permuteView(x, [1, 0]),
    sliceView(x, 1, 1, 4),
    sliceView(x, 1, 0, 6),
    sliceView(x, 1, 7, 8, -1),
    padView(x, [0, 2], [0, 2]),
    padView(identityView([6]), [1], [0]),
    expandView(identityView([1, 5]), [4, 5]),
  ]) {
    expect(() => keepsFour(torn), JSON.stringify(torn)).toThrow('four neighbours');
  }
});
