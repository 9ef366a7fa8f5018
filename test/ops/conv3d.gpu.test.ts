import { type Conv3dOptions, conv3d, convTranspose3d } from '../../src/ops/conv3d';
import { constant } from '../../src/tensor/tensor';
import { type Array64, at64, make64, sum64 } from '../harness/array64';
import { opTest } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

opTest<Conv3dOptions>('conv3d', {
  build: ([x, w, b], o) => conv3d(x, w, b ?? null, o),
  ref: ([x, w, b]: Array64[], { stride: s = 1, padding: p = 0 }) => {
    const [o, c, kd, kh, kw] = w.shape;
    const out = [kd, kh, kw].map((k, i) => Math.floor((x.shape[2 + i] + 2 * p - k) / s) + 1);
    return make64(
      [x.shape[0], o, ...out],
      (n, i, d, y, z) =>
        sum64(c * kd * kh * kw, (t) => {
          const [k, u, v, q] = [
            Math.floor(t / (kd * kh * kw)),
            Math.floor(t / (kh * kw)) % kd,
            Math.floor(t / kw) % kh,
            t % kw,
          ];
          return at64(w, i, k, u, v, q) * at64(x, n, k, d * s + u - p, y * s + v - p, z * s + q - p);
        }) + b.data[i],
    );
  },
  cases: [
    {
      label: '3×3×3, stride 2, padding 1',
      inputs: [{ shape: [1, 2, 5, 3, 4] }, { shape: [2, 2, 3, 3, 3] }, { shape: [2] }],
      options: { stride: 2, padding: 1 },
    },
  ],
  tol: 1e-6,
  errors: [
    [
      'other channels',
      () => conv3d(zeros(1, 2, 3, 3, 3), zeros(1, 3, 1, 1, 1), null),
      /got \[1,2,3,3,3\] and \[1,3,1,1,1\]/,
    ],
  ],
});

opTest<object>('convTranspose3d', {
  build: ([x, w, b]) => convTranspose3d(x, w, b, { stride: 2 }),
  ref: ([x, w, b]) =>
    make64([1, 2, 4, 2, 6], (_, o, d, y, z) => {
      const half = (v: number) => Math.floor(v / 2);
      return sum64(3, (c) => at64(x, 0, c, half(d), half(y), half(z)) * at64(w, c, o, d % 2, y % 2, z % 2)) + b.data[o];
    }),
  cases: [
    {
      label: 'stride 2',
      inputs: [{ shape: [1, 3, 2, 1, 3] }, { shape: [3, 2, 2, 2, 2] }, { shape: [2] }],
      options: {},
    },
  ],
  tol: 1e-6,
  errors: [
    [
      'a stride that is not the kernel',
      () => convTranspose3d(zeros(1, 1, 2, 2, 2), zeros(1, 1, 3, 3, 3), null, { stride: 2 }),
      /with stride k, got/,
    ],
  ],
});
