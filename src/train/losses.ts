import { bceWithLogits, diceLoss } from '../ops/loss';
import { add, div, greaterScalar, mul, sigmoid } from '../ops/pointwise';
import { mean, sum } from '../ops/reduce';
import type { Tensor } from '../tensor/tensor';

/** Losses for training on masks, by name. */
export const LOSSES = ['bce', 'bce+dice'] as const;
export type LossName = (typeof LOSSES)[number];

/**
 * Loss of logits [B, 1, S, S] against a target of the same shape: 1 object, 0 not, −1 does not count (padding). Taken per
 * row, then the mean over rows, so that every object weighs the same however much of its input is padding. With Dice it
 * is the sum of both.
 */
export function maskLoss(name: LossName, logits: Tensor, target: Tensor): Tensor {
  const valid = greaterScalar(target, -0.5);
  const truth = greaterScalar(target, 0.5);
  const rows = [1, 2, 3];
  const each = mul(bceWithLogits(logits, truth, { reduction: 'none' }), valid);
  const bce = mean(div(sum(each, rows), sum(valid, rows)));
  return name === 'bce' ? bce : add(bce, diceLoss(mul(sigmoid(logits), valid), truth, { activation: 'none' }));
}
