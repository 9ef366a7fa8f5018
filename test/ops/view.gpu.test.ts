import { concat, expand, flip, pad, permute, reshape, roll, slice, split, transpose } from '../../src/ops/view';
import { constant, type Tensor } from '../../src/tensor/tensor';
import { type Array64, at64, make64, reshape64 } from '../harness/array64';
import { opTest } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
const x = { shape: [2, 3, 4] } as const;

/** A view of [2, 3, 4] given by the index it reads. */
function viewTest(
  name: string,
  build: (t: Tensor) => Tensor,
  shape: number[],
  index: (...i: number[]) => number[],
): void {
  opTest<object>(name, {
    build: ([t]) => build(t),
    ref: ([t]) => make64(shape, (...i) => at64(t, ...index(...i))),
    cases: [{ label: '[2,3,4]', inputs: [x], options: {} }],
  });
}

viewTest(
  'permute',
  (t) => permute(t, [2, 0, 1]),
  [4, 2, 3],
  (i, j, k) => [j, k, i],
);
viewTest('transpose', transpose, [2, 4, 3], (i, j, k) => [i, k, j]);
viewTest(
  'slice',
  (t) => slice(t, -1, 1, 2),
  [2, 3, 2],
  (i, j, k) => [i, j, k + 1],
);
viewTest(
  'pad',
  (t) =>
    pad(t, [
      [0, 0],
      [1, 0],
      [2, 1],
    ]),
  [2, 4, 7],
  (i, j, k) => [i, j - 1, k - 2],
);
viewTest(
  'flip',
  (t) => flip(t, 1),
  [2, 3, 4],
  (i, j, k) => [i, 2 - j, k],
);
viewTest(
  'roll',
  (t) => roll(roll(t, -1, 2), 4, 1),
  [2, 3, 4],
  (i, j, k) => [i, (j + 2) % 3, (k + 1) % 4],
);
viewTest(
  'split',
  (t) => split(t, 2, 2)[1],
  [2, 3, 2],
  (i, j, k) => [i, j, k + 2],
);
viewTest(
  'expand',
  (t) => expand(reshape(t, [2, 3, 1, 4]), [5, 2, 3, 2, 4]),
  [5, 2, 3, 2, 4],
  (_, i, j, __, k) => [i, j, k],
);
viewTest(
  'permuted, padded, reshaped',
  (t) =>
    reshape(
      pad(permute(t, [1, 0, 2]), [
        [0, 1],
        [0, 0],
        [1, 0],
      ]),
      [4, 10],
    ),
  [4, 10],
  (i, j) => [Math.floor(j / 5), i, (j % 5) - 1],
);
viewTest(
  'flipped slice of a padding',
  (t) =>
    slice(
      flip(
        pad(t, [
          [0, 0],
          [0, 2],
          [0, 0],
        ]),
        1,
      ),
      1,
      1,
      3,
    ),
  [2, 3, 4],
  (i, j, k) => [i, 3 - j, k],
);

opTest<object>('reshape of a transpose', {
  build: ([t]) => reshape(transpose(t), [-1, 6]),
  ref: ([t]) =>
    reshape64(
      make64([2, 4, 3], (i, j, k) => at64(t, i, k, j)),
      [4, 6],
    ),
  cases: [{ label: '[2,3,4]', inputs: [x], options: {} }],
});

opTest<object>('concat', {
  build: (ts) => concat(ts, 1),
  ref: ([a, b, c]: Array64[]) =>
    make64([2, 6, 3], (i, j, k) => (j < 2 ? at64(a, i, j, k) : j < 3 ? at64(b, i, j - 2, k) : at64(c, i, j - 3, k))),
  cases: [
    { label: 'three parts', inputs: [{ shape: [2, 2, 3] }, { shape: [2, 1, 3] }, { shape: [2, 3, 3] }], options: {} },
  ],
  errors: [
    [
      'parts that differ elsewhere',
      () => concat([zeros(2, 3), zeros(3, 3)], 1),
      /concat: \[2,3\], \[3,3\] differ outside axis 1/,
    ],
    [
      'a reshape to another number of elements',
      () => reshape(zeros(2, 3), [4, 2]),
      /\[2,3\] has 6 elements, \[4,2\] asks for another number/,
    ],
    ['an order that is no permutation', () => permute(zeros(2, 3), [0, 0]), /order \[0,0\] is not a permutation/],
    ['a slice beyond the end', () => slice(zeros(2, 3), 1, 2, 2), /2..4 is outside axis 1 of \[2,3\]/],
    ['an axis that is not there', () => flip(zeros(2, 3), 2), /axis 2 is outside a tensor of rank 2/],
    ['negative padding', () => pad(zeros(2), [[-1, 0]]), /expected 1 pairs of non-negative numbers/],
    ['a split that does not divide', () => split(zeros(2, 3), 2, 1), /axis 1 of \[2,3\] does not divide into 2/],
    ['an expansion of a full axis', () => expand(zeros(2, 3), [4, 3]), /\[2,3\] does not expand to \[4,3\]/],
  ],
});
