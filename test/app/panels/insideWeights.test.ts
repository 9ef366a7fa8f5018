import { expect, test } from 'vitest';
import { norm, weightsWords } from '../../../src/app/panels/insideWeights';

test('norms of a matrix and of a change', () => {
  expect(norm([3, 4])).toBe(5);
  expect(norm([3, 4], [0, 4])).toBe(3);
});

test('untrained weights are called so', () => {
  expect(weightsWords(null)).toMatch(/Drag/);
  expect(weightsWords({ trained: false, matrices: [] })).toMatch(/untrained/);
  expect(weightsWords({ trained: true, matrices: [] })).not.toMatch(/untrained/);
});
