import { expect, test } from 'vitest';
import { ema } from '../../src/ops/ema';
import { sgd, sgdHyper } from '../../src/ops/optim';
import { compile } from '../../src/plan/compile';
import { bindLeaf, readLeaf } from '../../src/plan/leaves';
import { constant, input, type Leaf, leafTensor } from '../../src/tensor/tensor';
import { noise } from '../harness/array64';
import { testGpu } from '../harness/opTest';

const gpu = testGpu();
const N = 70;
const state = (name: string): Leaf => ({ kind: 'state', name, shape: [N], dtype: 'f32' });

test('follows the parameters as they are after the optimiser; rate 0 changes no bit', async () => {
  const [p, m, average] = ['p', 'm', 'average'].map(state);
  const [start, first] = [noise(N, 1), noise(N, 2)];
  bindLeaf(gpu, p, Float32Array.from(start));
  bindLeaf(gpu, average, Float32Array.from(first));
  const step = await compile(gpu, () => ({
    outputs: {},
    effects: [
      sgd(leafTensor(p), constant(new Float32Array(N).fill(1), [N]), leafTensor(m), input('hyper', [4])),
      ema(leafTensor(average), leafTensor(p), input('rate', [1])),
    ],
  }));
  step.run({ hyper: sgdHyper(0.5, 1), rate: Float32Array.of(0) });
  expect(await readLeaf(gpu, average)).toEqual(Float32Array.from(first));
  step.run({ rate: Float32Array.of(0.25) });
  const got = await readLeaf(gpu, average);
  got.forEach((v, i) => {
    expect(v).toBeCloseTo(0.75 * first[i] + 0.25 * (start[i] - 1), 6);
  });
  step.destroy();
});

test('wrong operands are refused', () => {
  const leaf = () => leafTensor(state('x'));
  const rate = constant([1], [1]);
  expect(() => ema(constant(new Float32Array(N), [N]), leaf(), rate)).toThrow(/must be state leaves, got leaf/);
  expect(() => ema(leaf(), leaf(), constant([1, 2], [2]))).toThrow(/with a rate \[2\]/);
});
