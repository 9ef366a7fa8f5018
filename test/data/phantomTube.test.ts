import { expect, test } from 'vitest';
import { insideTube, tubeOf } from '../../src/data/phantomTube';

const tube = tubeOf([
  [0, 0, 0, 4],
  [10, 0, 0, 8],
  [10, 20, 0, 8],
]);

test('depth in a tube: the radius on its line, falling to the side, wider where asked', () => {
  expect(insideTube(tube, 0, 0, 0)).toBe(4);
  expect(insideTube(tube, 5, 0, 2)).toBeCloseTo(4);
  expect(insideTube(tube, 10, 12, -9)).toBeCloseTo(-1);
  expect(insideTube(tube, 10, 12, 0, 2)).toBe(16);
});

test('squashed it is taller than wide; far away it is outside', () => {
  expect(insideTube(tube, 10, 12, 10, 1, 0.5)).toBeCloseTo(3);
  expect(insideTube(tube, 10, 100, 0)).toBe(-50);
});
