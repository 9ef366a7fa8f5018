import { numel, type Shape, sameShape, showShape } from '../tensor/shape';
import { constant, type Tensor, whereIs } from '../tensor/tensor';
import {
  abs,
  add,
  addScalar,
  bceLogits,
  clamp,
  div,
  equal,
  exp,
  logsigmoid,
  mul,
  neg,
  pow,
  scale,
  sigmoid,
  square,
  sub,
} from './pointwise';
import { mean, sum } from './reduce';
import { logSoftmax, softmax } from './softmax';
import { reshape } from './view';

/**
 * Losses as plain functions of ops; the plan fuses their pointwise parts into the reduction. Logits and targets have the
 * same shape unless said otherwise; targets may be soft.
 */
export type Reduction = 'mean' | 'sum' | 'none';

function reduced(x: Tensor, how: Reduction): Tensor {
  if (how === 'none') return x;
  return how === 'sum' ? sum(x) : mean(x);
}

function sameShapes(name: string, x: Tensor, t: Tensor): void {
  if (!sameShape(x.shape, t.shape)) {
    throw new Error(
      `${whereIs(name)}: logits ${showShape(x.shape)} and target ${showShape(t.shape)} must have the same shape`,
    );
  }
}

/** Options of `bceWithLogits`: weight of the positive class (a number, or a tensor that broadcasts) and the reduction. */
export interface BceOptions {
  readonly posWeight?: number | Tensor;
  readonly reduction?: Reduction;
}

/** Binary cross entropy (1−t)·x + (1 + (w−1)·t)·log(1 + e^−x). Source: torch.nn.functional.binary_cross_entropy_with_logits. */
export function bceWithLogits(x: Tensor, t: Tensor, options: BceOptions = {}): Tensor {
  sameShapes('bceWithLogits', x, t);
  const { posWeight = 1, reduction = 'mean' } = options;
  if (posWeight === 1) return reduced(bceLogits(x, t), reduction);
  const more = typeof posWeight === 'number' ? scale(t, posWeight - 1) : mul(addScalar(posWeight, -1), t);
  const loss = sub(mul(addScalar(neg(t), 1), x), mul(addScalar(more, 1), logsigmoid(x)));
  return reduced(loss, reduction);
}

/** Options of `diceLoss`. */
export interface DiceOptions {
  /** How probabilities follow from x: sigmoid (default), softmax over axis 1, or x is a probability already. */
  readonly activation?: 'sigmoid' | 'softmax' | 'none';
  /** Squares p and t in the denominator. */
  readonly squared?: boolean;
  /** Added to the numerator and to the denominator (default 1). */
  readonly smooth?: readonly [number, number];
  /** Axes that make up one object: all but the first (default, one object a row), or all but batch and channel. */
  readonly per?: 'object' | 'channel';
  readonly reduction?: 'mean' | 'none';
}

/**
 * Soft Dice 1 − (2Σpt + s) / (Σp + Σt + s) per object, then the mean over objects. With `per: 'channel'`, smooth
 * [1e-5, 1e-5] and `squared` as wanted it is monai.losses.DiceLoss.
 */
export function diceLoss(x: Tensor, t: Tensor, options: DiceOptions = {}): Tensor {
  sameShapes('diceLoss', x, t);
  const { activation = 'sigmoid', squared = false, smooth = [1, 1], per = 'object', reduction = 'mean' } = options;
  const p = activation === 'sigmoid' ? sigmoid(x) : activation === 'softmax' ? softmax(x, 1) : x;
  const kept = x.shape.slice(0, per === 'object' ? 1 : 2);
  const rows = (y: Tensor) => sum(reshape(y, [numel(kept), -1]), [1]);
  const size = (y: Tensor) => rows(squared ? square(y) : y);
  const overlap = addScalar(scale(rows(mul(p, t)), 2), smooth[0]);
  const both = addScalar(add(size(p), size(t)), smooth[1]);
  const loss = addScalar(neg(div(overlap, both)), 1);
  return reduction === 'mean' ? mean(loss) : reshape(loss, kept);
}

/** BCE (mean) plus soft Dice per object, weights 1 and 1. */
export function diceBce(
  x: Tensor,
  t: Tensor,
  options: { readonly bce?: BceOptions; readonly dice?: DiceOptions } = {},
): Tensor {
  return add(bceWithLogits(x, t, options.bce), diceLoss(x, t, options.dice));
}

/** Options of `focalLoss`: exponent, weight of the positive class (none by default), reduction. */
export interface FocalOptions {
  readonly gamma?: number;
  readonly alpha?: number;
  readonly reduction?: Reduction;
}

/** a^gamma for a ≥ 0, without a logarithm for the usual exponents. */
function power(a: Tensor, gamma: number): Tensor {
  return gamma === 2 ? square(a) : gamma === 1 ? a : pow(a, gamma);
}

/**
 * Focal loss α_t · (1 − p_t)^γ · BCE with p_t = p·t + (1−p)·(1−t), α_t likewise (left out without alpha).
 * Source: torchvision.ops.sigmoid_focal_loss.
 */
export function focalLoss(x: Tensor, t: Tensor, options: FocalOptions = {}): Tensor {
  sameShapes('focalLoss', x, t);
  const { gamma = 2, alpha, reduction = 'mean' } = options;
  // 1 − p_t = p + t − 2pt
  const p = sigmoid(x);
  const miss = sub(add(p, t), scale(mul(p, t), 2));
  const bce = bceLogits(x, t);
  const loss = gamma === 0 ? bce : mul(power(miss, gamma), bce);
  return reduced(alpha === undefined ? loss : mul(loss, addScalar(scale(t, 2 * alpha - 1), 1 - alpha)), reduction);
}

/** Focal loss as exp(γ · log σ(x·(1 − 2t))) · BCE; equal to `focalLoss` without alpha for hard targets. Source: monai.losses.FocalLoss 1.1. */
export function focalLossMonai(x: Tensor, t: Tensor, options: FocalOptions = {}): Tensor {
  sameShapes('focalLossMonai', x, t);
  const { gamma = 2, reduction = 'mean' } = options;
  const miss = logsigmoid(mul(x, addScalar(scale(t, -2), 1)));
  return reduced(mul(exp(scale(miss, gamma)), bceLogits(x, t)), reduction);
}

/** Mean (or sum, or each) of (x − t)². Source: torch.nn.functional.mse_loss. */
export function mseLoss(x: Tensor, t: Tensor, reduction: Reduction = 'mean'): Tensor {
  sameShapes('mseLoss', x, t);
  return reduced(square(sub(x, t)), reduction);
}

/** d²/2β for d = |x − t| < β, else d − β/2. Source: torch.nn.functional.smooth_l1_loss. */
export function smoothL1Loss(x: Tensor, t: Tensor, beta = 1, reduction: Reduction = 'mean'): Tensor {
  sameShapes('smoothL1Loss', x, t);
  if (!(beta > 0)) throw new Error(`${whereIs('smoothL1Loss')}: beta must be positive, got ${beta}`);
  const d = abs(sub(x, t));
  // With m = min(d, β) both branches are m·(d − m/2)/β.
  const m = clamp(d, 0, beta);
  return reduced(scale(mul(m, sub(d, scale(m, 0.5))), 1 / beta), reduction);
}

/** 1 where the class of axis 1 is the label: labels [B, ...] as f32 → [B, classes, ...]. */
export function oneHot(labels: Tensor, classes: number): Tensor {
  const [b, ...rest] = labels.shape;
  const column: Shape = [1, classes, ...rest.map(() => 1)];
  const ids = constant(
    Float32Array.from({ length: classes }, (_, i) => i),
    column,
    'classes',
  );
  return equal(reshape(labels, [b, 1, ...rest]), ids);
}

/**
 * Cross entropy of logits [B, classes, ...] with labels [B, ...] (whole numbers as f32), mean over all positions.
 * Source: torch.nn.functional.cross_entropy.
 */
export function crossEntropy(x: Tensor, labels: Tensor, reduction: Reduction = 'mean'): Tensor {
  const [b, classes, ...rest] = x.shape;
  if (x.shape.length < 2 || !sameShape(labels.shape, [b, ...rest])) {
    throw new Error(
      `${whereIs('crossEntropy')}: expected logits [B,classes,...] and labels [B,...], got ${showShape(x.shape)} and ${showShape(labels.shape)}`,
    );
  }
  return reduced(neg(sum(mul(oneHot(labels, classes), logSoftmax(x, 1)), [1])), reduction);
}
