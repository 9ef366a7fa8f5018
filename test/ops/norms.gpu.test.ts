import { batchNorm, batchNormTraining, groupNorm, instanceNorm } from '../../src/ops/norms';
import { constant } from '../../src/tensor/tensor';
import { type Array64, at64, make64, sum64 } from '../harness/array64';
import { type Given, opTest } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

/** Mean and biased variance of the elements at which `inside` holds. */
function moments(x: Array64, inside: (i: number) => boolean): [number, number, number] {
  const values = [...x.data].filter((_, i) => inside(i));
  const mean = sum64(values.length, (i) => values[i]) / values.length;
  return [mean, sum64(values.length, (i) => (values[i] - mean) ** 2) / values.length, values.length];
}

const affine = (y: number, c: number, w?: Array64, b?: Array64) => (w && b ? y * w.data[c] + b.data[c] : y);

opTest<{ groups: number }>('groupNorm', {
  build: ([x, w, b], { groups }) => groupNorm(x, groups, w ?? null, b ?? null),
  ref: ([x, w, b], { groups }) => {
    const [, c, n] = x.shape;
    const size = (c / groups) * n;
    return make64(x.shape, (i, k, j) => {
      const row = Math.floor(((i * c + k) * n + j) / size);
      const [mean, variance] = moments(x, (e) => Math.floor(e / size) === row);
      return affine((at64(x, i, k, j) - mean) / Math.sqrt(variance + 1e-5), k, w, b);
    });
  },
  cases: [
    { label: 'two groups', inputs: [{ shape: [2, 4, 5] }, { shape: [4] }, { shape: [4] }], options: { groups: 2 } },
    { label: 'one group, plain', inputs: [{ shape: [2, 3, 4] }], options: { groups: 1 } },
  ],
  tol: 2e-6,
  gradTol: 2e-5,
  errors: [
    [
      'groups that do not divide',
      () => groupNorm(zeros(1, 4, 2), 3, null, null),
      /channels of x \[1,4,2\] do not divide into 3 groups/,
    ],
    ['a gain of another length', () => instanceNorm(zeros(1, 4, 2), zeros(3), null), /parameter \[3\] for x \[1,4,2\]/],
  ],
});

opTest<object>('batchNorm', {
  build: ([x, w, b, m, v]) => batchNorm(x, w, b, m, v),
  ref: ([x, w, b, m, v]) =>
    make64(x.shape, (i, c, j) => affine((at64(x, i, c, j) - m.data[c]) / Math.sqrt(v.data[c] + 1e-5), c, w, b)),
  cases: [
    {
      label: 'fixed statistics',
      inputs: [
        { shape: [2, 3, 4] },
        { shape: [3] },
        { shape: [3] },
        { shape: [3], fixed: true },
        { shape: [3], range: [0.5, 2], fixed: true },
      ],
      options: {},
    },
  ],
});

const trainingInputs: Given[] = [
  { shape: [3, 2, 4] },
  { shape: [2] },
  { shape: [2] },
  { shape: [2], fixed: true },
  { shape: [2], range: [0.5, 2], fixed: true },
];
const channel = (e: number) => Math.floor(e / 4) % 2;

opTest<object>('batchNormTraining', {
  build: ([x, w, b, mean, variance]) => batchNormTraining(x, w, b, { mean, variance }).y,
  ref: ([x, w, b]) =>
    make64(x.shape, (i, c, j) => {
      const [mean, variance] = moments(x, (e) => channel(e) === c);
      return affine((at64(x, i, c, j) - mean) / Math.sqrt(variance + 1e-5), c, w, b);
    }),
  cases: [{ label: 'statistics of the batch', inputs: trainingInputs, options: {} }],
  tol: 2e-6,
  gradTol: 2e-5,
  errors: [
    [
      'one value per channel',
      () => batchNormTraining(zeros(1, 2, 1), null, null, { mean: zeros(2), variance: zeros(2) }),
      /has one value per channel/,
    ],
  ],
});

opTest<{ which: 'runningMean' | 'runningVar' }>('batchNormTraining statistics', {
  build: ([x, w, b, mean, variance], { which }) => batchNormTraining(x, w, b, { mean, variance })[which],
  ref: ([x, , , m, v], { which }) =>
    make64([2], (c) => {
      const [mean, variance, n] = moments(x, (e) => channel(e) === c);
      return which === 'runningMean' ? 0.9 * m.data[c] + 0.1 * mean : 0.9 * v.data[c] + (0.1 * variance * n) / (n - 1);
    }),
  cases: [
    { label: 'mean', inputs: trainingInputs, options: { which: 'runningMean' } },
    { label: 'unbiased variance', inputs: trainingInputs, options: { which: 'runningVar' } },
  ],
  grad: false,
});
