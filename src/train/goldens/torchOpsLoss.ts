import {
  bceWithLogits,
  crossEntropy,
  diceLoss,
  focalLoss,
  focalLossMonai,
  mseLoss,
  oneHot,
  type Reduction,
  smoothL1Loss,
} from '../../ops/loss';
import { add } from '../../ops/pointwise';
import { reshape } from '../../ops/view';
import type { Tensor } from '../../tensor/tensor';
import type { OpAttrs, OpInputs, OpRow } from './torchOpsTable';

const reduction = (a: OpAttrs): Reduction => (a.reduction as Reduction | undefined) ?? 'mean';
const number = (v: unknown, otherwise: number) => (typeof v === 'number' ? v : otherwise);

/** monai.losses.DiceLoss 1.1: per batch and channel, smoothed by 1e-5. */
function monaiDice(x: Tensor, t: Tensor, a: OpAttrs): Tensor {
  const smooth = [number(a.smooth_nr, 1e-5), number(a.smooth_dr, 1e-5)] as const;
  const activation = a.sigmoid ? 'sigmoid' : a.softmax ? 'softmax' : 'none';
  return diceLoss(x, t, { activation, squared: a.squared_pred === true, smooth, per: 'channel' });
}

/** monai.losses.DiceCELoss 1.1: with one channel its cross entropy is 0. */
function monaiDiceCe({ x, t }: OpInputs, a: OpAttrs): Tensor {
  const classes = x.shape[1];
  if (classes === 1) return monaiDice(x, t, a);
  const [b, , ...rest] = t.shape;
  const labels = reshape(t, [b, ...rest]);
  if (!a.to_onehot_y) throw new Error('DiceCELoss of several channels without to_onehot_y is not there');
  return add(monaiDice(x, oneHot(labels, classes), a), crossEntropy(x, labels));
}

/** Rows of the losses. */
export const LOSS_OPS: { readonly [op: string]: OpRow } = {
  binary_cross_entropy_with_logits: ({ x, t, pw }, a) =>
    bceWithLogits(x, t, { posWeight: pw ?? number(a.pos_weight, 1), reduction: reduction(a) }),
  'monai 1.1.0 DiceLoss': ({ x, t }, a) => monaiDice(x, t, a),
  'monai 1.1.0 DiceCELoss': monaiDiceCe,
  'monai 1.1.0 FocalLoss': ({ x, t }, a) => focalLossMonai(x, t, { gamma: number(a.gamma, 2) }),
  'torchvision.ops.sigmoid_focal_loss': ({ x, t }, a) =>
    focalLoss(x, t, { alpha: number(a.alpha, 0.25), gamma: number(a.gamma, 2) }),
  'segment-wise dice': ({ x, t }) => diceLoss(x, t),
  cross_entropy: ({ x, t }, a) => crossEntropy(x, t, reduction(a)),
  mse_loss: ({ x, t }, a) => mseLoss(x, t, reduction(a)),
  smooth_l1_loss: ({ x, t }, a) => smoothL1Loss(x, t, number(a.beta, 1), reduction(a)),
};
