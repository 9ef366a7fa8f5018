import { type Attrs, defineOp } from '../tensor/op';
import { numel } from '../tensor/shape';
import { apply, constant, type Tensor, whereIs } from '../tensor/tensor';
import { add, div, mul } from './pointwise';
import { expand, pad, slice } from './view';

/**
 * Dynamic loss scaling on the GPU: gradients kept in 16 bits are computed of scale · loss, so that small ones are not lost; where a
 * scaled one is too large the step is skipped. Scale and counts are a state leaf; no step waits for the host.
 */

/** Elements of the state: scale, good steps since it last changed, and Adam's 1 − βᵗ after t good steps. */
export const SCALE_STATE = 4;

/** Powers of two between which the scale moves: scaling is exact, and 1 is no scaling. */
const [LEAST, MOST] = [1, 2 ** 40];

/** How the scale moves, and Adam's betas. */
export interface ScaleOptions {
  /** Good steps in a row after which it doubles. Torch: 2000. */
  readonly growth: number;
  readonly beta1: number;
  readonly beta2: number;
}

interface ScaleAttrs extends Attrs {
  readonly growth: number;
  readonly beta1: number;
  readonly beta2: number;
}

const lossScaleOp = defineOp<ScaleAttrs>({
  name: 'lossScale',
  infer: ([state]) => ({ shape: state.shape, dtype: 'f32' }),
  writes: [0],
  kernels: ({ attrs: { growth, beta1, beta2 } }) => [
    {
      variant: 'naive',
      file: 'optim/lossScale.wgsl',
      consts: { GROWTH: growth, LEAST, MOST, REST1: 1 - beta1, REST2: 1 - beta2 },
      grid: [1, 1, 1],
    },
  ],
});

/**
 * Effect: after a step, `state` [4] follows what became of it. `overflow` [1] is 1: the scale halves. `good` [1] is 1: the counts go up,
 * and after `growth` good steps the scale doubles. Neither: nothing changes. Source: torch.amp.GradScaler.update.
 */
export function lossScale(
  state: Tensor,
  good: Tensor,
  overflow: Tensor,
  { growth, beta1, beta2 }: ScaleOptions,
): Tensor {
  const where = whereIs('lossScale');
  if (state.leaf?.kind !== 'state' || numel(state.shape) !== SCALE_STATE)
    throw new Error(`${where}: the state must be a state leaf of ${SCALE_STATE} elements`);
  if (numel(good.shape) !== 1 || numel(overflow.shape) !== 1)
    throw new Error(`${where}: good and overflow are one number each`);
  return apply(lossScaleOp, [state, good, overflow], { growth, beta1, beta2 });
}

/** The factor [1] on the loss of the step to come. */
export function scaleOf(state: Tensor): Tensor {
  return slice(state, 0, 0, 1);
}

/**
 * `hyper` [4] as an optimiser reads it: its factor on the gradient takes the scale out again (a power of two: exactly). With `adam` its
 * corrections c₁ and c₂ are those of the good steps alone, as if the skipped ones had never been.
 */
export function scaledHyper(hyper: Tensor, state: Tensor, adam: Pick<ScaleOptions, 'beta1' | 'beta2'> | null): Tensor {
  const one = constant([1], [1], 'one');
  const factor = pad(div(one, scaleOf(state)), [[3, 0]]);
  if (!adam) return mul(hyper, add(constant([1, 1, 1, 0], [4], 'all but the factor'), factor));
  const c = slice(state, 0, 2, 2);
  const rest = constant([1 - adam.beta1, 1 - adam.beta2], [2], 'shares of a step');
  const next = add(c, mul(rest, add(expand(one, [2]), mul(c, constant([-1], [1], 'minus one')))));
  const keep = add(constant([1, 0, 0, 0], [4], 'the rate'), factor);
  return add(mul(hyper, keep), pad(next, [[1, 1]]));
}
