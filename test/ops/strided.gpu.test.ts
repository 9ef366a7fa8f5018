import { everyNth, padWith } from '../../src/ops/strided';
import { constant } from '../../src/tensor/tensor';
import { at64, make64 } from '../harness/array64';
import { opTest } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

opTest<object>('everyNth', {
  build: ([x]) => everyNth(x, 1, 1, 3, 2),
  ref: ([x]) => make64([2, 3, 2], (i, j, k) => at64(x, i, 1 + 2 * j, k)),
  cases: [{ label: 'up to the last element', inputs: [{ shape: [2, 6, 2] }], options: {} }],
  errors: [['a reach beyond the end', () => everyNth(zeros(2, 5), 1, 1, 3, 2), /slice: 1..6 is outside axis 1/]],
});

opTest<object>('padWith', {
  build: ([x]) =>
    padWith(
      x,
      [
        [1, 0],
        [0, 2],
      ],
      -7.5,
    ),
  ref: ([x]) => make64([3, 5], (i, j) => (i >= 1 && j < 3 ? at64(x, i - 1, j) : -7.5)),
  cases: [{ label: '[2,3]', inputs: [{ shape: [2, 3] }], options: {} }],
});
