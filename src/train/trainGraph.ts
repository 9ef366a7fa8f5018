import { grad } from '../autograd/grad';
import type { Sam } from '../models/sam/sam';
import { DEPTH, provide } from '../nn/context';
import { finite } from '../ops/finite';
import { adamw, clipByNorm, HYPER_LENGTH } from '../ops/optim';
import { assign, pack } from '../ops/plumbing';
import { addScalar, mul, scale, sqrt, square, where } from '../ops/pointwise';
import { sum } from '../ops/reduce';
import { interpolate } from '../ops/resize';
import { expand, pad, reshape, slice } from '../ops/view';
import type { Outputs } from '../plan/plan';
import { constant, input, type Leaf, leafTensor, scope, type Tensor } from '../tensor/tensor';
import { type LossName, maskLoss } from './losses';
import type { TrainConfig } from './trainConfig';
import { type BatchShape, rowsOf } from './trainItem';

/** What does not change from step to step. */
export type GraphConfig = Pick<TrainConfig, 'loss' | 'weightDecay' | 'clip'>;

/** What the optimiser keeps on the GPU beside the parameters. */
export interface TrainLeaves {
  readonly m: Leaf;
  readonly v: Leaf;
  /** 1 from the first step on whose loss or gradient was no finite number: from then on nothing is updated. */
  readonly halted: Leaf;
}

/** New leaves for a flat vector of `total` parameters. */
export function trainLeaves(total: number): TrainLeaves {
  const leaf = (name: string, n: number): Leaf => ({ kind: 'state', name, shape: [n], dtype: 'f32' });
  return { m: leaf('adam.m', total), v: leaf('adam.v', total), halted: leaf('halted', 1) };
}

/** Logits [B, 1, S, S] of SAM's single mask, enlarged to the input's frame; inputs `image`, `points`, `labels`. */
function predicted(sam: Sam, shape: BatchShape): { logits: Tensor; iou: Tensor } {
  const { side, points } = shape;
  const rows = rowsOf(shape);
  const out = provide(DEPTH, shape.depth, () =>
    sam.call({
      image: input('image', [rows, 3, side, side]),
      points: input('points', [rows, points, 2]),
      labels: input('labels', [rows, points]),
      // The labels hold SAM's padding point already: points and boxes then take equally many tokens.
      padding: false,
    }),
  );
  const logits = interpolate(slice(out.masks, 1, 0, 1), [side, side], 'bilinear');
  return { logits, iou: slice(out.iou, 1, 0, 1) };
}

/** Evaluation: outputs `logits` [B, 1, S, S] and `iou` [B, 1], the model's own estimate. */
export function evaluationGraph(sam: Sam, shape: BatchShape): Outputs {
  const { logits, iou } = predicted(sam, shape);
  return { outputs: { logits, iou } };
}

/** Loss [] and the gradients of all trainable parameters, in the order of the layout's slots; one more input, `target`. */
export function lossAndGradients(
  sam: Sam,
  shape: BatchShape,
  name: LossName,
): { readonly loss: Tensor; readonly grads: readonly Tensor[] } {
  const { logits } = predicted(sam, shape);
  const loss = scope('loss', () => maskLoss(name, logits, input('target', logits.shape)));
  const grads = grad(
    loss,
    sam.params.layout().slots.map((s) => sam.params.tensor(s.name)),
  );
  return { loss, grads };
}

/**
 * A whole step of AdamW; inputs as above and `hyper` (see `adamHyper`). Outputs `loss` and `norm` of the gradient, [1] each.
 * When either is not finite, parameters stay as they are: so that the step can be looked into, and nothing is lost.
 */
export function trainingGraph(sam: Sam, shape: BatchShape, config: GraphConfig, leaves: TrainLeaves): Outputs {
  const layout = sam.params.layout();
  if (!layout.flat) throw new Error('train: nothing trains; attach an adapter or choose what trains');
  const flat = layout.flat;
  const { loss, grads } = lossAndGradients(sam, shape, config.loss);
  return scope('optimiser', () => {
    const offsets = layout.slots.map((s) => s.offset);
    const g = pack(grads, offsets, layout.total);
    const raw = input('hyper', [HYPER_LENGTH]);
    const { norm, hyper } =
      config.clip === null ? { norm: sqrt(sum(square(g))), hyper: raw } : clipByNorm(g, raw, config.clip);
    const before = leafTensor(leaves.halted);
    const good = mul(mul(finite(loss), finite(norm)), addScalar(scale(reshape(before, []), -1), 1));
    // With rate 0 and gradient 0 the update leaves p as it is, bit for bit.
    const still = mul(raw, pad(constant([1, 1, 1], [HYPER_LENGTH - 1], 'all but the rate'), [[1, 0]]));
    const safe = where(expand(good, [layout.total]), g, constant([0], [1], 'zero'));
    const rates = where(expand(good, [HYPER_LENGTH]), hyper, still);
    const options = { weightDecay: config.weightDecay, decayEnd: layout.decayEnd };
    const update = adamw(leafTensor(flat), safe, leafTensor(leaves.m), leafTensor(leaves.v), rates, options);
    const halt = assign(before, addScalar(scale(reshape(good, [1]), -1), 1));
    return { outputs: { loss: reshape(loss, [1]), norm: reshape(norm, [1]) }, effects: [update, halt] };
  });
}
