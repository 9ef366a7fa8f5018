import { expect, test } from 'vitest';
import { adam, adamHyper, adamw, clipByNorm, rmsprop, sgd, sgdHyper } from '../../src/ops/optim';
import { compile } from '../../src/plan/compile';
import { bindLeaf, readLeaf } from '../../src/plan/leaves';
import { constant, input, type Leaf, leafTensor, type Tensor } from '../../src/tensor/tensor';
import { noise } from '../harness/array64';
import { testGpu } from '../harness/opTest';

const gpu = testGpu();
const N = 70;
const STEPS = 3;

const state = (name: string, n = N): Leaf => ({ kind: 'state', name, shape: [n], dtype: 'f32' });

interface Trial {
  readonly update: (p: Tensor, g: Tensor, states: Tensor[], hyper: Tensor) => Tensor;
  readonly states: number;
  readonly hyper: (step: number) => Float32Array;
  /** One element in float64: state s (numbers) is updated in place; returns the new parameter. */
  readonly ref: (p: number, g: number, s: number[], step: number, i: number) => number;
}

/** Three steps of `n` parameters on the GPU against three steps in float64; the replayed step creates no object. */
async function compareSteps(t: Trial, n = N): Promise<void> {
  const [pLeaf, ...sLeaves] = Array.from({ length: t.states + 1 }, (_, i) => state(`s${i}`, n));
  const p = Float64Array.from(noise(n, 5));
  const s = Array.from({ length: n }, () => new Array<number>(t.states).fill(0));
  bindLeaf(gpu, pLeaf, Float32Array.from(p));
  for (const l of sLeaves) bindLeaf(gpu, l, new Float32Array(n));
  const step = await compile(gpu, () => ({
    outputs: {},
    effects: [t.update(leafTensor(pLeaf), input('g', [n]), sLeaves.map(leafTensor), input('hyper', [4]))],
  }));
  for (let k = 1; k <= STEPS; k++) {
    const g = noise(n, 10 + k);
    step.run({ g: Float32Array.from(g), hyper: t.hyper(k) });
    for (let i = 0; i < n; i++) p[i] = t.ref(p[i], g[i], s[i], k, i);
  }
  const got = await readLeaf(gpu, pLeaf);
  step.destroy();
  const worst = Math.max(...got.map((v, i) => Math.abs(v - p[i])));
  expect(worst).toBeLessThan(3e-7);
}

const LR = 0.01;
const DECAYED = 40;
const decay = (i: number) => (i < DECAYED ? 0.1 : 0);

const adamRef =
  (decoupled: boolean, amsgrad: boolean) => (p: number, grad: number, s: number[], t: number, i: number) => {
    const g = decoupled ? grad : grad + decay(i) * p;
    const q = decoupled ? p - LR * decay(i) * p : p;
    s[0] = 0.8 * s[0] + 0.2 * g;
    s[1] = 0.95 * s[1] + 0.05 * g * g;
    s[2] = Math.max(s[2] ?? 0, s[1]);
    const v = amsgrad ? s[2] : s[1];
    return q - ((LR / (1 - 0.8 ** t)) * s[0]) / (Math.sqrt(v / (1 - 0.95 ** t)) + 1e-8);
  };
const adamOptions = { beta1: 0.8, beta2: 0.95, weightDecay: 0.1, decayEnd: DECAYED };
const hyper = (t: number) => adamHyper(LR, t, 0.8, 0.95);

for (const n of [N, N + 2]) {
  const how = n % 4 ? 'one at a time' : 'four at a time';
  const l2 = (p: Tensor, g: Tensor, [m, v]: Tensor[], h: Tensor) => adam(p, g, m, v, h, adamOptions);
  test(`adam with L2 decay up to decayEnd, ${how}`, () =>
    compareSteps({ update: l2, states: 2, hyper, ref: adamRef(false, false) }, n));

  const kept = (p: Tensor, g: Tensor, [m, v, top]: Tensor[], h: Tensor) => adam(p, g, m, v, h, adamOptions, top);
  test(`adam with amsgrad, ${how}`, () =>
    compareSteps({ update: kept, states: 3, hyper, ref: adamRef(false, true) }, n));

  const decoupled = (p: Tensor, g: Tensor, [m, v]: Tensor[], h: Tensor) => adamw(p, g, m, v, h, adamOptions);
  test(`adamw with decoupled decay up to decayEnd, ${how}`, () =>
    compareSteps({ update: decoupled, states: 2, hyper, ref: adamRef(true, false) }, n));
}

for (const o of [{ momentum: 0 }, { momentum: 0.9, dampening: 0.3 }, { momentum: 0.9, nesterov: true }]) {
  test(`sgd ${JSON.stringify(o)}`, () =>
    compareSteps({
      update: (p, g, [m], h) => sgd(p, g, m, h, { ...o, weightDecay: 0.1, decayEnd: DECAYED }),
      states: 1,
      hyper: (t) => sgdHyper(LR, t),
      ref: (p, grad, s, t, i) => {
        const g = grad + decay(i) * p;
        s[0] = t === 1 ? g : o.momentum * s[0] + (1 - (o.dampening ?? 0)) * g;
        return p - LR * (o.nesterov ? g + o.momentum * s[0] : s[0]);
      },
    }));
}

test('rmsprop', () =>
  compareSteps({
    update: (p, g, [v], h) => rmsprop(p, g, v, h, { alpha: 0.9 }),
    states: 1,
    hyper: (t) => adamHyper(LR, t),
    ref: (p, g, s) => {
      s[0] = 0.9 * s[0] + 0.1 * g * g;
      return p - (LR * g) / (Math.sqrt(s[0]) + 1e-8);
    },
  }));

test('the factor in hyper scales the gradient, and clipping limits its norm', async () => {
  for (const [maxNorm, factor] of [
    [0.5, 0.25],
    [100, 0.25],
  ]) {
    const [p, m] = [state('p'), state('m')];
    bindLeaf(gpu, p, new Float32Array(N));
    bindLeaf(gpu, m, new Float32Array(N));
    const g = noise(N, 3);
    const step = await compile(gpu, () => {
      const grads = constant(g, [N]);
      const clipped = clipByNorm(grads, input('hyper', [4]), maxNorm);
      return { outputs: { norm: clipped.norm }, effects: [sgd(leafTensor(p), grads, leafTensor(m), clipped.hyper)] };
    });
    step.run({ hyper: sgdHyper(1, 1, factor) });
    const norm = factor * Math.hypot(...g);
    expect((await step.read('norm'))[0]).toBeCloseTo(norm, 5);
    const want = Math.min(1, maxNorm / (norm + 1e-6)) * factor;
    (await readLeaf(gpu, p)).forEach((v, i) => {
      expect(v).toBeCloseTo(-want * g[i], 6);
    });
    step.destroy();
  }
});

test('wrong operands are refused', () => {
  const leaf = () => leafTensor(state('x'));
  const h = input('hyper', [4]);
  expect(() => adamw(constant(new Float32Array(N), [N]), leaf(), leaf(), leaf(), h)).toThrow(
    /must be state leaves, got leaf/,
  );
  expect(() => adamw(leaf(), constant([1, 2], [2]), leaf(), leaf(), h)).toThrow(/\[2\] does not fit parameters \[70\]/);
  expect(() => sgd(leaf(), leaf(), leaf(), input('hyper', [3]))).toThrow(/hyper must have 4 elements/);
  expect(() => sgd(leaf(), leaf(), leaf(), h, { nesterov: true })).toThrow(/Nesterov momentum needs momentum > 0/);
  expect(() => clipByNorm(leaf(), h, 0)).toThrow(/largest norm must be positive, got 0/);
});
