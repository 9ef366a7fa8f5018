import type { Caps } from '../gpu/device';
import { GpuError } from '../gpu/errors';
import { finite } from '../ops/finite';
import { lossScale, SCALE_STATE, scaledHyper, scaleOf } from '../ops/lossScale';
import { addScalar, greaterScalar, mul, reciprocal, scale as times } from '../ops/pointwise';
import { concat, reshape } from '../ops/view';
import type { PlanOptions } from '../plan/plan';
import type { Tensor } from '../tensor/tensor';
import type { TrainConfig } from './trainConfig';

/** Whether the config keeps gradients in 16 bits, and therefore scales the loss. */
export function scales({ precision }: Pick<TrainConfig, 'precision'>): boolean {
  return precision === 'packed16' || precision === 'f16';
}

/** The state of loss scaling before the first step. */
export function scaleStart(scale: number): Float32Array<ArrayBuffer> {
  const start = new Float32Array(SCALE_STATE);
  start[0] = scale;
  return start;
}

/** Plan options for the config's kind of 16 bits. Throws when `f16` is asked of a device without it. */
export function halfOptions(plan: PlanOptions, caps: Caps, { precision }: Pick<TrainConfig, 'precision'>): PlanOptions {
  if (precision !== 'f16') return precision === 'packed16' ? { ...plan, half: 'packed16' } : plan;
  if (!caps.features.includes('shader-f16')) {
    throw new GpuError(
      'limit',
      'train.precision=f16 needs the feature shader-f16, which this device does not offer; use train.precision=packed16: it stores the same bits',
    );
  }
  return { ...plan, half: 'f16' };
}

/** What becomes of a step, each [] and 1 or 0, at most one of them 1; neither: training has halted. */
export interface Verdict {
  /** Parameters change. */
  readonly good: Tensor;
  /** A gradient was too large for 16 bits: this step is skipped, and the scale halves. Null where nothing is scaled. */
  readonly overflow: Tensor | null;
}

/**
 * The verdict from `loss` [] and the gradient's `norm` []. `halted` [1] is 1 from the first step on that was neither: its loss is no number, or its
 * gradient although the scale was 1.
 */
export function verdictOf(loss: Tensor, norm: Tensor, halted: Tensor, state: Tensor | null): Verdict {
  const not = (x: Tensor) => addScalar(times(x, -1), 1);
  const goes = mul(finite(loss), not(reshape(halted, [])));
  const good = mul(goes, finite(norm));
  if (!state) return { good, overflow: null };
  const scaled = greaterScalar(reshape(scaleOf(state), []), 1);
  return { good, overflow: mul(mul(goes, not(finite(norm))), scaled) };
}

/** Numbers of the optimiser for scaled gradients: see `scaledHyper`. */
export function hyperFor(config: TrainConfig, hyper: Tensor, state: Tensor | null): Tensor {
  if (!state) return hyper;
  return scaledHyper(hyper, state, config.optimiser === 'sgd' ? null : config);
}

/** 1 / scale [], by which scaled gradients are multiplied; null where nothing is scaled. */
export function unscale(state: Tensor | null): Tensor | null {
  return state && reshape(reciprocal(scaleOf(state)), []);
}

/** Effect that ends a scaled step, and what it reports: [2], the scale of this step and whether it was skipped. */
export function endScaling(config: TrainConfig, state: Tensor, verdict: Verdict): { effect: Tensor; report: Tensor } {
  const { beta1, beta2, lossScaleEvery: growth } = config;
  const skipped = reshape(verdict.overflow!, [1]);
  return {
    effect: lossScale(state, reshape(verdict.good, [1]), skipped, { growth, beta1, beta2 }),
    report: concat([scaleOf(state), skipped], 0),
  };
}
