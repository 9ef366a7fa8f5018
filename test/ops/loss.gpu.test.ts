import { expect, test } from 'vitest';
import { grad } from '../../src/autograd/grad';
import {
  bceWithLogits,
  crossEntropy,
  type DiceOptions,
  diceBce,
  diceLoss,
  type FocalOptions,
  focalLoss,
  focalLossMonai,
  mseLoss,
  oneHot,
  type Reduction,
  smoothL1Loss,
} from '../../src/ops/loss';
import { planStep } from '../../src/plan/plan';
import { constant } from '../../src/tensor/tensor';
import { type Array64, make64, sum64 } from '../harness/array64';
import { opTest, testGpu } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

const scalar = (v: number): Array64 => ({ shape: [], data: Float64Array.of(v) });
/** Reduces per-element losses. */
function reduced(x: Array64, how: Reduction = 'mean'): Array64 {
  if (how === 'none') return x;
  const total = x.data.reduce((a, b) => a + b, 0);
  return scalar(how === 'sum' ? total : total / x.data.length);
}
const map = (x: Array64, f: (i: number) => number): Array64 => ({ shape: x.shape, data: x.data.map((_, i) => f(i)) });

const logits = { shape: [3, 2, 5], range: [-5, 5] } as const;
const soft = { shape: [3, 2, 5], range: [0, 1] } as const;
const bce = (x: number, t: number, w = 1) => t * w * softplus(-x) + (1 - t) * softplus(x);

opTest<{ posWeight?: number; reduction?: Reduction }>('bceWithLogits', {
  build: ([x, t], o) => bceWithLogits(x, t, o),
  ref: ([x, t], o) =>
    reduced(
      map(x, (i) => bce(x.data[i], t.data[i], o.posWeight)),
      o.reduction,
    ),
  cases: [
    { label: 'mean', inputs: [logits, soft], options: {} },
    { label: 'positive weight 2, sum', inputs: [logits, soft], options: { posWeight: 2, reduction: 'sum' } },
    {
      label: 'large logits, each',
      inputs: [
        { shape: [4], values: [-300, -40, 40, 300] },
        { shape: [4], values: [1, 0, 1, 0] },
      ],
      options: { reduction: 'none' },
    },
  ],
  errors: [
    [
      'another shape of target',
      () => bceWithLogits(zeros(2, 3), zeros(3)),
      /logits \[2,3\] and target \[3\] must have the same shape/,
    ],
  ],
});

opTest<object>('bceWithLogits with a weight per channel', {
  build: ([x, t, w]) => bceWithLogits(x, t, { posWeight: w }),
  ref: ([x, t, w]) => reduced(map(x, (i) => bce(x.data[i], t.data[i], w.data[Math.floor(i / 5) % 2]))),
  cases: [{ label: '[C, 1]', inputs: [logits, soft, { shape: [2, 1], range: [0.5, 3] }], options: {} }],
});

function dice(x: Array64, t: Array64, o: DiceOptions): Array64 {
  const kept = x.shape.slice(0, o.per === 'channel' ? 2 : 1);
  const n = x.data.length / kept.reduce((a, b) => a * b, 1);
  const [c, inner] = [x.shape[1], x.data.length / x.shape[0] / x.shape[1]];
  const p = (i: number) => {
    if (o.activation === 'none') return x.data[i];
    if (o.activation !== 'softmax') return sigmoid(x.data[i]);
    const first = Math.floor(i / (c * inner)) * c * inner + (i % inner);
    return Math.exp(x.data[i]) / sum64(c, (k) => Math.exp(x.data[first + k * inner]));
  };
  const size = (v: number) => (o.squared ? v * v : v);
  const [top, bottom] = o.smooth ?? [1, 1];
  const each = make64(kept, (b, k = 0) => {
    const first = (o.per === 'channel' ? b * c + k : b) * n;
    const overlap = sum64(n, (i) => p(first + i) * t.data[first + i]);
    const both = sum64(n, (i) => size(p(first + i)) + size(t.data[first + i]));
    return 1 - (2 * overlap + top) / (both + bottom);
  });
  return reduced(each, o.reduction);
}

opTest<DiceOptions>('diceLoss', {
  build: ([x, t], o) => diceLoss(x, t, o),
  ref: ([x, t], o) => dice(x, t, o),
  cases: [
    { label: 'per object', inputs: [logits, soft], options: {} },
    {
      label: 'per channel, squared',
      inputs: [logits, soft],
      options: { per: 'channel', squared: true, smooth: [1e-5, 1e-5] },
    },
    {
      label: 'softmax, each',
      inputs: [logits, soft],
      options: { per: 'channel', activation: 'softmax', reduction: 'none' },
    },
    {
      label: 'probabilities',
      inputs: [
        { shape: [2, 7], range: [0, 1] },
        { shape: [2, 7], range: [0, 1] },
      ],
      options: { activation: 'none' },
    },
  ],
});

opTest<FocalOptions>('focalLoss', {
  build: ([x, t], o) => focalLoss(x, t, o),
  ref: ([x, t], { gamma = 2, alpha, reduction }) =>
    reduced(
      map(x, (i) => {
        const [p, y] = [sigmoid(x.data[i]), t.data[i]];
        const weight = alpha === undefined ? 1 : alpha * y + (1 - alpha) * (1 - y);
        return weight * (1 - p * y - (1 - p) * (1 - y)) ** gamma * bce(x.data[i], y);
      }),
      reduction,
    ),
  cases: [
    { label: 'alpha 0.25', inputs: [logits, soft], options: { alpha: 0.25 } },
    { label: 'gamma 1.5', inputs: [logits, soft], options: { gamma: 1.5, reduction: 'sum' } },
    { label: 'gamma 0', inputs: [logits, soft], options: { gamma: 0, reduction: 'none' } },
  ],
});

opTest<{ gamma: number }>('focalLossMonai', {
  build: ([x, t], o) => focalLossMonai(x, t, o),
  ref: ([x, t], { gamma }) =>
    reduced(map(x, (i) => Math.exp(-gamma * softplus(-x.data[i] * (1 - 2 * t.data[i]))) * bce(x.data[i], t.data[i]))),
  cases: [{ label: 'gamma 2', inputs: [logits, { ...soft, fixed: true }], options: { gamma: 2 } }],
});

opTest<object>('mseLoss', {
  build: ([x, t]) => mseLoss(x, t),
  ref: ([x, t]) => reduced(map(x, (i) => (x.data[i] - t.data[i]) ** 2)),
  cases: [{ label: 'mean', inputs: [logits, soft], options: {} }],
});

opTest<{ beta: number }>('smoothL1Loss', {
  build: ([x, t], { beta }) => smoothL1Loss(x, t, beta),
  ref: ([x, t], { beta }) =>
    reduced(
      map(x, (i) => {
        const d = Math.abs(x.data[i] - t.data[i]);
        return d < beta ? (d * d) / (2 * beta) : d - beta / 2;
      }),
    ),
  cases: [{ label: 'beta 0.7', inputs: [{ shape: [17], range: [-2, 2] }, { shape: [17] }], options: { beta: 0.7 } }],
});

opTest<object>('crossEntropy', {
  build: ([x, t]) => crossEntropy(x, t),
  ref: ([x, t]) => {
    const [b, c, n] = x.shape;
    const at = (i: number, k: number, j: number) => x.data[(i * c + k) * n + j];
    const rows = make64(
      [b, n],
      (i, j) => Math.log(sum64(c, (k) => Math.exp(at(i, k, j)))) - at(i, t.data[i * n + j], j),
    );
    return reduced(rows);
  },
  cases: [
    {
      label: '3 classes',
      inputs: [
        { shape: [2, 3, 4], range: [-3, 3] },
        { shape: [2, 4], values: [0, 1, 2, 2, 1, 0, 0, 2], fixed: true },
      ],
      options: {},
    },
  ],
  errors: [
    [
      'labels of another shape',
      () => crossEntropy(zeros(2, 3, 4), zeros(2, 3)),
      /expected logits \[B,classes,...\] and labels/,
    ],
  ],
});

opTest<object>('oneHot', {
  build: ([t]) => oneHot(t, 4),
  ref: ([t]) => make64([2, 4, 3], (b, k, i) => (t.data[b * 3 + i] === k ? 1 : 0)),
  cases: [{ label: '[2, 3]', inputs: [{ shape: [2, 3], values: [0, 3, 1, 2, 2, 0], fixed: true }], options: {} }],
});

test('BCE plus Dice of a 256² mask: few dispatches, forward and backward', () => {
  const [x, t] = [zeros(1, 1, 256, 256), zeros(1, 1, 256, 256)];
  const loss = diceBce(x, t);
  const plan = planStep({ outputs: { loss, g: grad(loss, [x])[0] } }, testGpu().caps);
  expect(plan.list.length).toBeLessThanOrEqual(17);
});
