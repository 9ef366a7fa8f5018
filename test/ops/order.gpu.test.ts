import { expect, test } from 'vitest';
import { cumsum, topk } from '../../src/ops/order';
import { readAll } from '../../src/plan/read';
import { constant } from '../../src/tensor/tensor';
import { at64, make64, sum64 } from '../harness/array64';
import { opTest, testGpu } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

opTest<object>('cumsum', {
  build: ([x]) => cumsum(x, 1),
  ref: ([x]) => make64([2, 5, 3], (b, i, j) => sum64(i + 1, (k) => at64(x, b, k, j))),
  cases: [{ label: 'middle axis', inputs: [{ shape: [2, 5, 3] }], options: {} }],
  tol: 1e-6,
});

opTest<object>('topk', {
  build: ([x]) => topk(x, 2).values,
  ref: ([x]) => make64([3, 2], (b, k) => [...x.data.slice(b * 5, b * 5 + 5)].sort((p, q) => q - p)[k]),
  cases: [{ label: '2 of 5', inputs: [{ shape: [3, 5] }], options: {} }],
  errors: [['more than there are', () => topk(zeros(2, 3), 4), /topk: k 4 is outside 1..3/]],
});

test('topk names positions, the first among equals, negative values included', async () => {
  const { values, indices } = topk(constant([-5, -2, -2, -9], [1, 4]), 3);
  const got = await readAll(testGpu(), [values, indices]);
  expect(got.map((g) => [...g])).toEqual([
    [-2, -2, -5],
    [1, 2, 0],
  ]);
});
