import { numel, showShape } from '../tensor/shape';
import { type Tensor, whereIs } from '../tensor/tensor';
import { add, addScalar, mul, rsqrt, scale, square, sub } from './pointwise';
import { mean } from './reduce';
import { reshape } from './view';

/**
 * Normalisations over more than one axis, as plain functions of reductions and pointwise ops: the reductions run in
 * stages, so that few and long rows (a whole image) still make many threads.
 */

/** (x − mean) / √(var + eps) over `axes`; the variance is biased and taken around the mean. */
function normalise(x: Tensor, axes: readonly number[], eps: number): { y: Tensor; mean: Tensor; variance: Tensor } {
  const m = mean(x, axes, true);
  const centred = sub(x, m);
  const variance = mean(square(centred), axes, true);
  return { y: mul(centred, rsqrt(addScalar(variance, eps))), mean: m, variance };
}

/** y · w + b per channel (axis 1). */
function affine(where: string, y: Tensor, w: Tensor | null, b: Tensor | null): Tensor {
  const shape = [y.shape[1], ...y.shape.slice(2).map(() => 1)];
  for (const p of [w, b]) {
    if (p && numel(p.shape) !== y.shape[1])
      throw new Error(`${where}: parameter ${showShape(p.shape)} for x ${showShape(y.shape)}`);
  }
  const scaled = w ? mul(y, reshape(w, shape)) : y;
  return b ? add(scaled, reshape(b, shape)) : scaled;
}

/** x [B, C, ...] normalised per image and group of C/groups channels. Source: torch.nn.functional.group_norm. */
export function groupNorm(x: Tensor, groups: number, w: Tensor | null, b: Tensor | null, eps = 1e-5): Tensor {
  const where = whereIs('groupNorm');
  if (x.shape.length < 2 || x.shape[1] % groups !== 0) {
    throw new Error(`${where}: channels of x ${showShape(x.shape)} do not divide into ${groups} groups`);
  }
  const rows = normalise(reshape(x, [x.shape[0], groups, -1]), [2], eps).y;
  return affine(where, reshape(rows, x.shape), w, b);
}

/** x [B, C, ...] normalised per image and channel. Source: torch.nn.functional.instance_norm. */
export function instanceNorm(x: Tensor, w: Tensor | null, b: Tensor | null, eps = 1e-5): Tensor {
  return groupNorm(x, x.shape[1], w, b, eps);
}

/** x [B, C, ...] with fixed statistics [C] of each channel. Source: torch.nn.functional.batch_norm, training false. */
export function batchNorm(
  x: Tensor,
  w: Tensor | null,
  b: Tensor | null,
  runningMean: Tensor,
  runningVar: Tensor,
  eps = 1e-5,
): Tensor {
  const shape = [x.shape[1], ...x.shape.slice(2).map(() => 1)];
  const y = mul(sub(x, reshape(runningMean, shape)), reshape(rsqrt(addScalar(runningVar, eps)), shape));
  return affine(whereIs('batchNorm'), y, w, b);
}

/** Result of batch normalisation in training: y, and the running statistics [C] to keep. */
export interface BatchNormTraining {
  readonly y: Tensor;
  readonly runningMean: Tensor;
  readonly runningVar: Tensor;
}

/**
 * x [B, C, ...] normalised per channel with the statistics of the batch; the running ones move by `momentum` towards
 * them (the variance unbiased). Source: torch.nn.functional.batch_norm, training true.
 */
export function batchNormTraining(
  x: Tensor,
  w: Tensor | null,
  b: Tensor | null,
  running: { readonly mean: Tensor; readonly variance: Tensor },
  momentum = 0.1,
  eps = 1e-5,
): BatchNormTraining {
  const where = whereIs('batchNormTraining');
  const n = numel(x.shape) / x.shape[1];
  if (n < 2) throw new Error(`${where}: x ${showShape(x.shape)} has one value per channel, expected more`);
  const axes = x.shape.map((_, i) => i).filter((i) => i !== 1);
  const { y, mean: m, variance } = normalise(x, axes, eps);
  const move = (old: Tensor, now: Tensor, factor: number) =>
    add(scale(old, 1 - momentum), scale(reshape(now, old.shape), momentum * factor));
  return {
    y: affine(where, y, w, b),
    runningMean: move(running.mean, m, 1),
    runningVar: move(running.variance, variance, n / (n - 1)),
  };
}
