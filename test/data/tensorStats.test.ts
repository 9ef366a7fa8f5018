import { expect, test } from 'vitest';
import { f32Entry } from '../../src/data/tensorFile';
import { tensorStats } from '../../src/data/tensorStats';

test('range and mean of all tensors, and where there are NaN', async () => {
  const a = f32Entry('a', [3], Float32Array.of(1, 2, 6));
  const b = f32Entry('b', [2], Float32Array.of(Number.NaN, -4));
  expect(await tensorStats([a, b])).toEqual({ min: -4, max: 6, mean: 1.25, count: 4, nonFinite: 1, bad: ['b'] });
});
