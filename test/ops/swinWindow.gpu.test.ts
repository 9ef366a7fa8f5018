import { expect, test } from 'vitest';
import { gridPartition, gridReverse, shiftMask } from '../../src/ops/swinWindow';
import { read } from '../../src/plan/read';
import { constant } from '../../src/tensor/tensor';
import { at64, make64 } from '../harness/array64';
import { opTest, testGpu } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

opTest<object>('gridPartition', {
  build: ([x]) => gridPartition(x, [2, 1, 2]),
  ref: ([x]) =>
    make64([4 * 2, 4, 3], (n, t, c) => {
      const [b, y, z] = [Math.floor(n / 4), Math.floor(n / 2) % 2, n % 2];
      return at64(x, b, Math.floor(t / 2), y, z * 2 + (t % 2), c);
    }),
  cases: [{ label: '[2, 2×2×4, 3]', inputs: [{ shape: [2, 2, 2, 4, 3] }], options: {} }],
  errors: [
    [
      'windows that do not divide',
      () => gridPartition(zeros(1, 4, 4, 1), [3, 2]),
      /map \[4,4\] does not divide into windows \[3,2\]/,
    ],
  ],
});

opTest<object>('gridReverse', {
  build: ([x]) => gridReverse(gridPartition(x, [2, 3]), [2, 3], [4, 6]),
  ref: ([x]) => x,
  cases: [{ label: 'undoes gridPartition', inputs: [{ shape: [1, 4, 6, 2] }], options: {} }],
});

test('shiftMask separates what was rolled round', async () => {
  // A row of 4 in windows of 2, shifted by 1: the last window holds token 3 and token 0.
  expect([...(await read(testGpu(), shiftMask([4], [2], [1])))].map((v) => v + 0)).toEqual([
    0, 0, 0, 0, 0, -100, -100, 0,
  ]);
  expect([...(await read(testGpu(), shiftMask([4], [2], [0])))].map((v) => v + 0)).toEqual(new Array(8).fill(0));
});
