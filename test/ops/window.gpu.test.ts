import { expect, test } from 'vitest';
import { windowPartition, windowUnpartition } from '../../src/ops/window';
import { planStep } from '../../src/plan/plan';
import { constant } from '../../src/tensor/tensor';
import { at64, make64 } from '../harness/array64';
import { opTest, testGpu } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

opTest<{ size: number }>('windowPartition', {
  build: ([x], { size }) => windowPartition(x, size),
  ref: ([x], { size }) => {
    const [b, h, w, c] = x.shape;
    const [rows, columns] = [Math.ceil(h / size), Math.ceil(w / size)];
    return make64([b * rows * columns, size, size, c], (n, y, z, k) => {
      const [row, column] = [Math.floor(n / columns) % rows, n % columns];
      return at64(x, Math.floor(n / (rows * columns)), row * size + y, column * size + z, k);
    });
  },
  cases: [
    { label: 'padding on both sides', inputs: [{ shape: [2, 4, 5, 3] }], options: { size: 3 } },
    { label: 'window larger than the map', inputs: [{ shape: [1, 2, 3, 2] }], options: { size: 4 } },
  ],
  errors: [
    ['a window of 0', () => windowPartition(zeros(1, 2, 2, 1), 0), /expected x \[B,H,W,C\] and a positive size/],
  ],
});

opTest<{ size: number; map: [number, number, number] }>('windowUnpartition', {
  build: ([x], { size, map }) => windowUnpartition(x, size, map),
  ref: ([x], { size, map: [b, h, w] }) => {
    const [rows, columns] = [Math.ceil(h / size), Math.ceil(w / size)];
    return make64([b, h, w, x.shape[3]], (i, y, z, k) => {
      const n = (i * rows + Math.floor(y / size)) * columns + Math.floor(z / size);
      return at64(x, n, y % size, z % size, k);
    });
  },
  cases: [{ label: 'drops the padding', inputs: [{ shape: [8, 3, 3, 2] }], options: { size: 3, map: [2, 4, 5] } }],
  errors: [
    [
      'too few windows',
      () => windowUnpartition(zeros(3, 3, 3, 1), 3, [1, 4, 5]),
      /expected windows \[4,3,3,1\] of a map 4×5, got \[3,3,3,1\]/,
    ],
  ],
});

test('cutting and joining windows takes no dispatch of its own', () => {
  const x = zeros(2, 4, 5, 3);
  const plan = planStep({ outputs: { y: windowUnpartition(windowPartition(x, 3), 3, [2, 4, 5]) } }, testGpu().caps);
  expect(plan.list.map((d) => d.op)).toEqual(['copy']);
});
