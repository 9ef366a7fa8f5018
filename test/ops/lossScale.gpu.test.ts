import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { lossScale, SCALE_STATE, scaledHyper, scaleOf } from '../../src/ops/lossScale';
import { adamHyper } from '../../src/ops/optim';
import { compile } from '../../src/plan/compile';
import { bindLeaf, readLeaf } from '../../src/plan/leaves';
import { constant, input, type Leaf, leafTensor } from '../../src/tensor/tensor';

const gpu = await openGpu();
const leaf: Leaf = { kind: 'state', name: 'scale', shape: [SCALE_STATE], dtype: 'f32' };
const betas = { beta1: 0.9, beta2: 0.999 };

test('halves on overflow, doubles after so many good steps in a row, stays within 1 … 2^40; corrections count good steps', async () => {
  const state = leafTensor(leaf);
  const step = await compile(gpu, () => ({
    outputs: {
      hyper: scaledHyper(input('hyper', [4]), state, betas),
      plain: scaledHyper(input('hyper', [4]), state, null),
    },
    effects: [lossScale(state, input('good', [1]), input('overflow', [1]), { growth: 3, ...betas })],
  }));
  bindLeaf(gpu, leaf, Float32Array.of(8, 0, 0, 0));
  let [scale, run, good] = [8, 0, 0];
  // g: good, o: overflow, -: halted.
  for (const [i, c] of [...'ggoggggggg-oooooooggg'].entries()) {
    step.run({
      hyper: adamHyper(0.5, i + 1),
      good: Float32Array.of(Number(c === 'g')),
      overflow: Float32Array.of(Number(c === 'o')),
    });
    const want = adamHyper(0.5, good + 1, betas.beta1, betas.beta2, 1 / scale);
    const got = await step.read('hyper');
    for (const [k, v] of got.entries()) expect(Math.abs(v - want[k]), `step ${i}`).toBeLessThan(1e-6 * want[k]);
    expect([...(await step.read('plain'))].filter((_, k) => k !== 1 && k !== 2)).toEqual([0.5, 1 / scale]);
    if (c === 'g') {
      good++;
      run = (run + 1) % 3;
      if (run === 0) scale *= 2;
    }
    if (c === 'o') [scale, run] = [Math.max(1, scale / 2), 0];
    const [nowScale, nowRun] = await readLeaf(gpu, leaf);
    expect([nowScale, nowRun], `after step ${i}`).toEqual([scale, run]);
  }
  bindLeaf(gpu, leaf, Float32Array.of(2 ** 40, 2, 0, 0));
  step.run({ good: Float32Array.of(1), overflow: Float32Array.of(0) });
  expect((await readLeaf(gpu, leaf))[0]).toBe(2 ** 40);
  step.destroy();
});

test('wrong operands are refused in words', () => {
  const one = constant([1], [1]);
  const options = { growth: 1, ...betas };
  expect(() => lossScale(constant([1, 0, 0, 0], [4]), one, one, options)).toThrow('a state leaf of 4 elements');
  expect(() => lossScale(leafTensor(leaf), constant([1, 1], [2]), one, options)).toThrow('one number each');
  expect(scaleOf(leafTensor(leaf)).shape).toEqual([1]);
});
