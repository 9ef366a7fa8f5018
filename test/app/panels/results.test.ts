import { expect, test } from 'vitest';
import { smooth } from '../../../src/app/panels/results';

test('the trend is the mean over a window of earlier points', () => {
  const curve = [4, 2, 6, 8].map((loss, i) => ({ step: i + 1, loss }));
  expect(smooth(curve, 2).map((p) => p.loss)).toEqual([4, 3, 4, 7]);
  expect(smooth(curve, 2).map((p) => p.step)).toEqual([1, 2, 3, 4]);
  expect(smooth([])).toEqual([]);
});
