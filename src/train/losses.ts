import { bceWithLogits, focalLoss } from '../ops/loss';
import { add, addScalar, div, greaterScalar, mul, scale, sigmoid, square, sub } from '../ops/pointwise';
import { amin, mean, sum } from '../ops/reduce';
import { concat, expand, slice } from '../ops/view';
import type { Tensor } from '../tensor/tensor';

/** Losses for training on masks, by name; sums with weight 1 each, but SAM's 20 for focal beside Dice. */
export const LOSSES = ['bce', 'dice', 'bce+dice', 'focal', 'focal+dice'] as const;
export type LossName = (typeof LOSSES)[number];

/** SAM's mixture of focal loss and Dice. */
const FOCAL_SHARE = 20;
/** Of SAM's focal loss (and torchvision's). */
const FOCAL = { gamma: 2, alpha: 0.25, reduction: 'none' } as const;

/** Which pixels count, and which of them are the object: target [R, 1, S, S] is 1 object, 0 not, −1 does not count. */
function split(target: Tensor): { readonly valid: Tensor; readonly truth: Tensor } {
  return { valid: greaterScalar(target, -0.5), truth: greaterScalar(target, 0.5) };
}

/**
 * Loss of each mask by itself, [R, n], of logits [R, n, S, S] against target [R, 1, S, S] (1 object, 0 not, −1 does not
 * count: padding). Cross entropies are means over the pixels that count, so that every object weighs the same however much
 * of its input is padding. Soft Dice is 1 − (2Σpg + 1)/(Σp + Σg + 1).
 */
export function maskLosses(name: LossName, logits: Tensor, target: Tensor, posWeight = 1): Tensor {
  const { valid, truth } = split(target);
  const g = expand(truth, logits.shape);
  const p = mul(sigmoid(logits), valid);
  const bce = name.startsWith('bce') ? bceWithLogits(logits, g, { posWeight, reduction: 'none' }) : null;
  const focal = name.startsWith('focal') ? focalLoss(logits, g, FOCAL) : null;
  const entropies = [bce, focal].flatMap((each) => (each ? [mul(each, valid)] : []));
  const dice = name.endsWith('dice') ? [truth, p, mul(p, g)] : [];
  const sums = sumsOverPixels([...dice, ...entropies, ...(entropies.length ? [valid] : [])]);
  const counted = sums[sums.length - 1];
  const parts = entropies.map((_, k) => div(sums[dice.length + k], counted));
  if (name === 'focal+dice') parts[0] = scale(parts[0], FOCAL_SHARE);
  if (dice.length) {
    const [object, chances, both] = sums;
    const overlap = addScalar(scale(both, 2), 1);
    const sizes = addScalar(add(chances, object), 1);
    parts.push(addScalar(scale(div(overlap, sizes), -1), 1));
  }
  return parts.reduce((x, y) => add(x, y));
}

/** Sums [R, n] over the pixels of each of `maps` [R, n, S, S], n as it may differ: one reduction for all of them. */
function sumsOverPixels(maps: readonly Tensor[]): Tensor[] {
  const all = sum(concat(maps, 1), [2, 3]);
  let from = 0;
  return maps.map(({ shape: [, n] }) => {
    from += n;
    return slice(all, 1, from - n, n);
  });
}

/** Mean over rows [] of the loss of the best mask of each (of the only one, where there is one). */
export function maskLoss(name: LossName, logits: Tensor, target: Tensor, posWeight = 1): Tensor {
  const each = maskLosses(name, logits, target, posWeight);
  return mean(each.shape[1] === 1 ? each : amin(each, [1]));
}

/** IoU [R, n] of thresholded logits [R, n, S, S] with the target, on the pixels that count; two empty masks agree. No gradient. */
export function hardIoU(logits: Tensor, target: Tensor): Tensor {
  const { valid, truth } = split(target);
  const p = mul(greaterScalar(logits, 0), valid);
  const [both, chosen, object] = sumsOverPixels([mul(p, truth), p, truth]);
  const either = sub(add(chosen, object), both);
  // 1e-6 changes no quotient of whole numbers below 2²⁴ visibly, and makes 0/0 the 1 that it should be.
  return div(addScalar(both, 1e-6), addScalar(either, 1e-6));
}

/** Squared error [] of the IoU head: estimates [R, n] against the true overlap of its masks. */
export function iouLoss(iou: Tensor, logits: Tensor, target: Tensor): Tensor {
  return mean(square(sub(iou, hardIoU(logits, target))));
}
