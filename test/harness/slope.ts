// Slopes of a loss along random directions in which it has no kink: what gradients are compared with.
import { grad } from '../../src/autograd/grad';
import type { Gpu } from '../../src/gpu/device';
import { initialValues, normal } from '../../src/nn/init';
import type { Params, Slot } from '../../src/nn/params';
import { uploadParams } from '../../src/nn/paramsIo';
import { greaterScalar, mul } from '../../src/ops/pointwise';
import { sum } from '../../src/ops/reduce';
import { concat, reshape } from '../../src/ops/view';
import { topological } from '../../src/plan/graph';
import type { Outputs } from '../../src/plan/plan';
import type { Step } from '../../src/plan/step';
import type { Shape } from '../../src/tensor/shape';
import { constant, type Tensor } from '../../src/tensor/tensor';

/** Normal values that depend on the name. */
export const noise = (shape: Shape, name: string, std = 1) => initialValues(normal(std), shape, name, 5);

/** Result, weights of the loss Σ weight · y, its gradients by name, and `signs`: one exact number that tells which ReLUs are on. */
export function gradientGraph(params: Params, y: Tensor): Outputs {
  const { slots } = params.layout();
  const loss = sum(mul(y, constant(noise(y.shape, 'w'), y.shape)));
  const wrt = slots.map((s) => params.tensor(s.name));
  const grads = grad(loss, wrt);
  const relus = topological([loss]).filter((t) => t.op.name === 'relu');
  // Whole numbers below 64: sums of up to 2^18 of them are exact, and equal only where the same are on (but for coincidence).
  const code = (t: Tensor, k: number) =>
    noise(t.shape, `code ${k}`).map((v) => 1 + (Math.abs(Math.trunc(1e4 * v)) % 63));
  const signs = relus.map((t, k) => reshape(sum(mul(greaterScalar(t, 0), constant(code(t, k), t.shape))), [1]));
  return {
    outputs: {
      y,
      ...(signs.length ? { signs: concat(signs, 0) } : {}),
      ...Object.fromEntries(grads.map((g, i) => [slots[i].name, g])),
    },
  };
}

/** Steps along a direction, longest first: long ones lie far above rounding, short ones cross no kink. */
const REACHES = [2e-3, 5e-4, 1.25e-4, 3e-5, 1e-5];
/** Directions that are tried with each. */
const DIRECTIONS = 3;

/**
 * The central difference of the loss along a random direction in which no ReLU turns on or off, and what the gradients say it
 * should be. Throws when every direction turns one.
 */
export async function slopeWithoutKinks(
  gpu: Gpu,
  params: Params,
  step: Step,
  grads: ReadonlyMap<string, Float32Array>,
) {
  const { slots } = params.layout();
  const direction = (s: Slot, k: number) => noise(s.shape, `${s.name}?${k}`);
  const lossAt = async (t: number, k: number) => {
    for (const s of slots) {
      const d = direction(s, k);
      const base = noise(s.shape, `${s.name}!`, 0.3);
      params.setSource(s.name, async () => base.map((v, i) => v + t * d[i]));
    }
    await uploadParams(params, gpu, 'trainable');
    step.run();
    const y = await step.read('y');
    const w = noise(step.plan.outputs.get('y')!.shape, 'w');
    const signs = step.plan.outputs.has('signs') ? (await step.read('signs')).join() : '';
    return { loss: y.reduce((n, v, i) => n + v * w[i], 0), signs };
  };
  for (const at of REACHES) {
    for (let k = 0; k < DIRECTIONS; k++) {
      const [low, middle, high] = [await lossAt(-at, k), await lossAt(0, k), await lossAt(at, k)];
      if (low.signs !== middle.signs || high.signs !== middle.signs) continue;
      const along = (s: Slot) => direction(s, k).reduce((m, d, i) => m + d * grads.get(s.name)![i], 0);
      return { at, slope: (high.loss - low.loss) / (2 * at), predicted: slots.reduce((n, s) => n + along(s), 0) };
    }
  }
  throw new Error(`every one of ${DIRECTIONS} directions turns a ReLU within ±${REACHES[REACHES.length - 1]}`);
}
