import { avgPool2d, globalAvgPool, maxPool2d, type PoolOptions } from '../../src/ops/pool';
import { constant } from '../../src/tensor/tensor';
import { type Array64, at64, make64 } from '../harness/array64';
import { opTest } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

function reference(
  x: Array64,
  { kernel: k, stride: s = k, padding: p = 0 }: PoolOptions,
  f: (v: number[]) => number,
  outside: number,
): Array64 {
  const [b, c, h, w] = x.shape;
  const extent = (n: number) => Math.floor((n + 2 * p - k) / s) + 1;
  return make64([b, c, extent(h), extent(w)], (n, i, y, z) =>
    f(
      Array.from({ length: k * k }, (_, t) => {
        const [row, column] = [y * s - p + Math.floor(t / k), z * s - p + (t % k)];
        const inside = row >= 0 && row < h && column >= 0 && column < w;
        return inside ? at64(x, n, i, row, column) : outside;
      }),
    ),
  );
}

const average = (v: number[]) => v.reduce((a, b) => a + b, 0) / v.length;

opTest<PoolOptions>('maxPool2d', {
  build: ([x], o) => maxPool2d(x, o),
  ref: ([x], o) => reference(x, o, (v) => Math.max(...v), Number.NEGATIVE_INFINITY),
  cases: [
    {
      label: '3×3, stride 2, padding 1',
      inputs: [{ shape: [1, 2, 5, 6] }],
      options: { kernel: 3, stride: 2, padding: 1 },
    },
  ],
  errors: [
    [
      'padding beyond half the window',
      () => maxPool2d(zeros(1, 1, 4, 4), { kernel: 2, padding: 2 }),
      /padding of at most half the kernel/,
    ],
  ],
});

opTest<PoolOptions>('avgPool2d', {
  build: ([x], o) => avgPool2d(x, o),
  ref: ([x], o) => reference(x, o, average, 0),
  cases: [{ label: '2×2 with a rest', inputs: [{ shape: [2, 1, 5, 4] }], options: { kernel: 2 } }],
  errors: [
    [
      'a window larger than the image',
      () => avgPool2d(zeros(1, 1, 2, 2), { kernel: 3 }),
      /a window of 3 is larger than x \[1,1,2,2\]/,
    ],
  ],
});

opTest<object>('globalAvgPool', {
  build: ([x]) => globalAvgPool(x),
  ref: ([x]) => make64([2, 3, 1, 1], (b, c) => average([...x.data.slice((b * 3 + c) * 8, (b * 3 + c + 1) * 8)])),
  cases: [{ label: '[2,3,2,4]', inputs: [{ shape: [2, 3, 2, 4] }], options: {} }],
});
