// The kernels that are offered for large convolutions only, beside the plain ones, which conv2d.gpu.test.ts compares with float64.
import { expect, test } from 'vitest';
import { gradAll } from '../../src/autograd/grad';
import { type Conv2dOptions, conv2d } from '../../src/ops/conv2d';
import { relu } from '../../src/ops/pointwise';
import { compile } from '../../src/plan/compile';
import { planStep } from '../../src/plan/plan';
import { constant, type Tensor } from '../../src/tensor/tensor';
import { noise } from '../harness/array64';
import { testGpu } from '../harness/opTest';

const given = (...shape: number[]) =>
  constant(
    noise(
      shape.reduce((a, b) => a * b, 1),
      shape.length + shape[0],
    ),
    shape,
  );

/** Result and gradients of weight and input. */
function outputs(x: Tensor, w: Tensor, o: Conv2dOptions): Record<string, Tensor> {
  const y = conv2d(x, w, given(w.shape[0]), o);
  const [dw, dx] = gradAll([y], [w, x], [given(...y.shape)]);
  return { y: relu(y), dw, dx };
}

const odd = () =>
  outputs(given(3, 4, 21, 17), given(70, 4, 5, 2), { stride: [2, 1], padding: [3, 0], dilation: [1, 2] });
const rows = () =>
  outputs(given(3, 5, 13, 8), given(13, 5, 3, 3), { stride: [2, 1], padding: [1, 1], dilation: [2, 1] });

test.for([
  ['workgroup tiles: odd sizes, strides, padding, dilation', 'wg64', odd],
  ['strips: 3×3 with rows of whole vec4s, stride and dilation down the columns', 'strip3', rows],
] as const)('%s agree with the plain kernels', async ([, fast, make]) => {
  const all = make();
  const names = Object.keys(all);
  const runs: Float32Array[][] = [];
  for (const variant of ['naive', fast]) {
    const variants = { 'conv2d.valid': variant, 'conv2d.dwParts': variant };
    // The plan refuses a variant that is not offered, so that nothing is compared with itself.
    const step = await compile(testGpu(), () => ({ outputs: all }), { variants });
    step.run();
    runs.push(await Promise.all(names.map((n) => step.read(n))));
    step.destroy();
  }
  for (const [k, name] of names.entries()) {
    const size = runs[0][k].reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    const errors = runs[0][k].map((v, i) => Math.abs(v - runs[1][k][i]));
    expect(errors.findIndex(Number.isNaN), name).toBe(-1);
    expect(Math.max(...errors) / size, name).toBeLessThan(2e-6);
  }
});

test('a GPU takes workgroup tiles where there is much to do, a software adapter register tiles', () => {
  const variants = (software: boolean, channels: number) =>
    planStep(
      { outputs: outputs(given(1, channels, 16, 16), given(channels, channels, 3, 3), { padding: 1 }) },
      testGpu().caps,
      {
        target: { software },
      },
    ).list.flatMap((d) => (/^conv/.test(d.op) ? [d.kernel.variant] : []));
  expect(variants(false, 64)).toEqual(['wg64', 'wg64', 'wg64']);
  expect(variants(true, 64)).toEqual(['strip3', 'strip3', 'strip3']);
  expect(variants(false, 2)).not.toContain('wg64');
});
