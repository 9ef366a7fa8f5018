import { expect, test } from 'vitest';
import { type Conv2dOptions, conv2d } from '../../src/ops/conv2d';
import { relu } from '../../src/ops/pointwise';
import { planStep } from '../../src/plan/plan';
import { constant } from '../../src/tensor/tensor';
import { type Array64, at64, make64, sum64 } from '../harness/array64';
import { opTest, testGpu } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
const pair = (v: number | readonly [number, number]) => (typeof v === 'number' ? [v, v] : v);

function reference([x, w, b]: Array64[], o: Conv2dOptions): Array64 {
  const [sy, sx] = pair(o.stride ?? 1);
  const [py, px] = pair(o.padding ?? 0);
  const [dy, dx] = pair(o.dilation ?? 1);
  const [out, c, kh, kw] = w.shape;
  const extent = (n: number, k: number, s: number, p: number, d: number) =>
    Math.floor((n + 2 * p - d * (k - 1) - 1) / s) + 1;
  const shape = [x.shape[0], out, extent(x.shape[2], kh, sy, py, dy), extent(x.shape[3], kw, sx, px, dx)];
  const perGroup = out / (o.groups ?? 1);
  return make64(shape, (n, i, y, z) => {
    const first = Math.floor(i / perGroup) * c;
    return (
      (b ? b.data[i] : 0) +
      sum64(c, (k) =>
        sum64(kh, (u) =>
          sum64(kw, (v) => at64(w, i, k, u, v) * at64(x, n, first + k, y * sy + u * dy - py, z * sx + v * dx - px)),
        ),
      )
    );
  });
}

opTest<Conv2dOptions>('conv2d', {
  build: ([x, w, b], o) => conv2d(x, w, b ?? null, o),
  ref: reference,
  cases: [
    {
      label: '3×3, padding 1',
      inputs: [{ shape: [2, 3, 5, 9] }, { shape: [9, 3, 3, 3] }, { shape: [9] }],
      options: { padding: 1 },
    },
    {
      label: 'strides, unequal padding',
      inputs: [{ shape: [1, 2, 7, 6] }, { shape: [3, 2, 3, 2] }],
      options: { stride: [2, 1], padding: [1, 0] },
    },
    {
      label: 'dilation 2',
      inputs: [{ shape: [1, 2, 8, 7] }, { shape: [2, 2, 3, 3] }],
      options: { dilation: 2, padding: 2 },
    },
    {
      label: 'padding beyond the kernel',
      inputs: [{ shape: [1, 1, 3, 3] }, { shape: [1, 1, 2, 2] }],
      options: { padding: 2 },
    },
    {
      label: 'two groups',
      inputs: [{ shape: [1, 4, 5, 4] }, { shape: [6, 2, 3, 3] }, { shape: [6] }],
      options: { padding: 1, groups: 2 },
    },
    {
      label: 'depthwise, stride 2',
      inputs: [{ shape: [2, 3, 5, 5] }, { shape: [3, 1, 3, 3] }],
      options: { stride: 2, padding: 1, groups: 3 },
    },
    { label: '1×1', inputs: [{ shape: [2, 5, 3, 4] }, { shape: [3, 5, 1, 1] }, { shape: [3] }], options: {} },
    {
      label: 'patches with a rest',
      inputs: [{ shape: [2, 3, 5, 6] }, { shape: [4, 3, 2, 3] }, { shape: [4] }],
      options: { stride: [2, 3] },
    },
  ],
  tol: 1e-6,
  gradTol: 3e-6,
  errors: [
    [
      'other channels',
      () => conv2d(zeros(1, 3, 4, 4), zeros(2, 4, 3, 3), null),
      /conv2d: channels do not fit — x \[1,3,4,4\], w \[2,4,3,3\]/,
    ],
    [
      'a kernel larger than the input',
      () => conv2d(zeros(1, 1, 2, 2), zeros(1, 1, 3, 3), null),
      /kernel is larger than the padded input/,
    ],
    [
      'stride 0',
      () => conv2d(zeros(1, 1, 4, 4), zeros(1, 1, 3, 3), null, { stride: 0 }),
      /stride 0,0 must be a whole number of at least 1/,
    ],
    [
      'a bias of another length',
      () => conv2d(zeros(1, 1, 4, 4), zeros(1, 1, 3, 3), zeros(2)),
      /expected a bias \[1\], got \[2\]/,
    ],
  ],
});

test('bias and activation ride along: 3×3 takes three dispatches, 1×1 one', () => {
  const [x, b] = [zeros(1, 4, 6, 6), zeros(8)];
  const count = (w: number[], padding: number) =>
    planStep({ outputs: { y: relu(conv2d(x, zeros(...w), b, { padding })) } }, testGpu().caps).list.map((d) => d.op);
  expect(count([8, 4, 3, 3], 1)).toEqual(['copy', 'copy', 'conv2d.valid']);
  expect(count([8, 4, 1, 1], 0)).toEqual(['matmul']);
});
