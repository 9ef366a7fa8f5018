import { expect, test } from 'vitest';
import { inverse, mapPoint } from '../../src/train/affine';

test('a map and its inverse', () => {
  const m = [0.5, -1, 3, 2, 0.25, -7] as const;
  expect(mapPoint(m, 4, 9)).toEqual([0.5 * 4 - 9 + 3, 2 * 4 + 0.25 * 9 - 7]);
  const [x, y] = mapPoint(inverse(m), ...mapPoint(m, 4, 9));
  expect(x).toBeCloseTo(4, 12);
  expect(y).toBeCloseTo(9, 12);
});
