import { expect, test } from 'vitest';
import { gradAll } from '../../src/autograd/grad';
import { layerNorm, layerNorm2d } from '../../src/ops/layernorm';
import { add } from '../../src/ops/pointwise';
import { planStep } from '../../src/plan/plan';
import { constant } from '../../src/tensor/tensor';
import { type Array64, at64, lines64, make64, sum64 } from '../harness/array64';
import { opTest, testGpu } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

/** Normalisation over axis `axis` with optional gain and bias. */
function reference([x, w, b]: Array64[], axis: number, eps: number): Array64 {
  const n = x.shape[axis];
  const moments = lines64(x, axis, (value) => {
    const mean = sum64(n, value) / n;
    return [mean, sum64(n, (c) => (value(c) - mean) ** 2) / n];
  });
  return make64(x.shape, (...i) => {
    const [mean, variance] = moments(i);
    const y = (at64(x, ...i) - mean) / Math.sqrt(variance + eps);
    return w ? y * w.data[i[axis]] + b.data[i[axis]] : y;
  });
}

opTest<{ eps: number }>('layerNorm', {
  build: ([x, w, b], { eps }) => layerNorm(x, w ?? null, b ?? null, eps),
  ref: (ins, { eps }) => reference(ins, ins[0].shape.length - 1, eps),
  cases: [
    { label: 'affine, 4 × 12', inputs: [{ shape: [4, 12] }, { shape: [12] }, { shape: [12] }], options: { eps: 1e-6 } },
    {
      label: 'affine, 2 × 3 × 17',
      inputs: [{ shape: [2, 3, 17] }, { shape: [17] }, { shape: [17] }],
      options: { eps: 1e-5 },
    },
    {
      label: 'affine, 2 × 516: a workgroup per row, too',
      inputs: [{ shape: [2, 516] }, { shape: [516] }, { shape: [516] }],
      options: { eps: 1e-6 },
    },
    { label: 'plain, 65 × 8', inputs: [{ shape: [65, 8] }], options: { eps: 1e-6 } },
    { label: 'far from zero', inputs: [{ shape: [3, 65], range: [99, 101] }], options: { eps: 1e-6 } },
    { label: 'rank 1', inputs: [{ shape: [5] }], options: { eps: 1e-5 } },
  ],
  tol: 2e-5,
  gradTol: 3e-5,
  errors: [
    [
      'a gain of another width',
      () => layerNorm(zeros(2, 4), zeros(3), zeros(3), 1e-5),
      /layerNorm: parameter \[3\] for 4 channels of x \[2,4\]/,
    ],
    ['a gain without a bias', () => layerNorm(zeros(2, 4), zeros(4), null, 1e-5), /both gain and bias, or neither/],
  ],
});

opTest<object>('layerNorm between residual paths', {
  build: ([x, w, b]) => add(x, layerNorm(x, w, b, 1e-6)),
  ref: ([x, w, b]) => {
    const y = reference([x, w, b], 1, 1e-6);
    return { shape: y.shape, data: y.data.map((v, i) => v + x.data[i]) };
  },
  cases: [36, 9].map((c) => ({
    label: `3 × ${c}`,
    inputs: [[3, c], [c], [c]].map((shape) => ({ shape })),
    options: {},
  })),
  tol: 2e-6,
  gradTol: 2e-5,
});

opTest<{ eps: number }>('layerNorm2d', {
  build: ([x, w, b], { eps }) => layerNorm2d(x, w ?? null, b ?? null, eps),
  ref: (ins, { eps }) => reference(ins, 1, eps),
  cases: [
    {
      label: 'affine, 2 × 5 × 3 × 4',
      inputs: [{ shape: [2, 5, 3, 4] }, { shape: [5] }, { shape: [5] }],
      options: { eps: 1e-6 },
    },
    { label: 'plain, one pixel', inputs: [{ shape: [2, 8, 1, 1] }], options: { eps: 1e-6 } },
  ],
  tol: 2e-6,
  gradTol: 2e-5,
  errors: [['a vector', () => layerNorm2d(zeros(4), null, null, 1e-5), /expected x \[B, C, ...\], got \[4\]/]],
});

test('the gradient that goes past a pre-norm block is added where the norm stores its own', () => {
  const [x, dy, past] = [zeros(6, 8), zeros(6, 8), zeros(6, 8)];
  const dx = gradAll([layerNorm(x, null, null, 1e-6)], [x], [dy])[0];
  const { list } = planStep({ outputs: { y: add(dx, past) } }, testGpu().caps);
  expect(list.map((d) => d.op)).toEqual(['layernorm.dx']);
});
