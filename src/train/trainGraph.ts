import type { TrainingHooks } from '../adapters/adapter';
import { grad } from '../autograd/grad';
import type { Sam } from '../models/sam/sam';
import { provide, STEPS } from '../nn/context';
import type { Params } from '../nn/params';
import { REMAT, remat } from '../nn/remat';
import { AUGMENT_LENGTH, augment, warp } from '../ops/augment';
import { ema } from '../ops/ema';
import { finite } from '../ops/finite';
import { clipByNorm, HYPER_LENGTH } from '../ops/optim';
import { assign, pack } from '../ops/plumbing';
import { add, addScalar, mul, scale, sqrt, square, where } from '../ops/pointwise';
import { sum } from '../ops/reduce';
import { expand, pad, reshape, slice } from '../ops/view';
import type { Outputs } from '../plan/plan';
import { constant, input, kept16, type Leaf, leafTensor, scope, type Tensor } from '../tensor/tensor';
import { augmentOff } from './augmentConfig';
import { iouLoss, maskLoss } from './losses';
import { optimise } from './optimiser';
import { type BatchTensors, batchInputs, predictRounds, type RoundConfig } from './rounds';
import type { TrainConfig } from './trainConfig';
import { type BatchShape, rowsOf } from './trainItem';
import type { TrainLeaves } from './trainLeaves';

/** Everything a step is made from. */
export interface StepParts {
  readonly sam: Sam;
  readonly shape: BatchShape;
  readonly config: TrainConfig;
  readonly hooks: readonly TrainingHooks[];
  /** Where the embeddings of the batch's images stand, when they are not computed in the step (see `Embeddings`). */
  readonly embedding?: Leaf | null;
}

/**
 * Evaluation after each round of `config`: outputs `logits.K` [R, 1, S, S] and `iou.K` [R, 1], the model's own estimate, for
 * K = 0 … rounds. Correcting clicks need the input `target`.
 */
export function evaluationGraph(sam: Sam, shape: BatchShape, config: RoundConfig): Outputs {
  const rounds = predictRounds(sam, shape, batchInputs(shape), config);
  const outputs = rounds.flatMap(({ chosen }, k): [string, Tensor][] => [
    [`logits.${k}`, chosen.logits],
    [`iou.${k}`, chosen.iou],
  ]);
  return { outputs: Object.fromEntries(outputs) };
}

/** The batch with its random changes, whose inputs are `augment` and `augmentKeys` (see `augmentBatch`). */
function augmented({ sam, shape, config }: Pick<StepParts, 'sam' | 'shape' | 'config'>): BatchTensors {
  const batch = batchInputs(shape);
  if (augmentOff(config.augment)) return batch;
  return scope('augment', () => {
    const rows = rowsOf(shape);
    const how = input('augment', [rows, AUGMENT_LENGTH]);
    const moved = augment(batch.image, batch.target, how, input('augmentKeys', [rows], 'u32'), sam.config.pixelMean);
    const mask = batch.mask && warp(batch.mask, how, shape.side / shape.maskSide, SURELY_NOT);
    return { ...batch, ...moved, mask };
  });
}

/** Logit of a mask prompt where there is no image. */
const SURELY_NOT = -10;

/** Loss [] and the gradients of all trainable parameters, in the order of the layout's slots; one more input, `target`. */
export function lossAndGradients({ sam, shape, config, hooks, embedding }: StepParts): {
  readonly loss: Tensor;
  readonly grads: readonly Tensor[];
} {
  const given = augmented({ sam, shape, config });
  const batch = embedding ? { ...given, embedding: leafTensor(embedding) } : given;
  if (config.remat === 'blocks') remat(sam);
  const rounds = provide(REMAT, config.remat === 'blocks', () =>
    kept16(() => predictRounds(sam, shape, batch, config), config.precision === 'mixed'),
  );
  const loss = scope('loss', () => {
    const each = rounds.map(({ logits, iou }) => {
      const mask = maskLoss(config.loss, logits, batch.target, config.posWeight);
      return config.iouWeight ? add(mask, scale(iouLoss(iou, logits, batch.target), config.iouWeight)) : mask;
    });
    const all = each.reduce((a, b) => add(a, b));
    const penalties = hooks.flatMap((h) => (h.penalty ? [reshape(h.penalty(), [])] : []));
    return penalties.reduce((a, b) => add(a, b), rounds.length > 1 ? scale(all, 1 / rounds.length) : all);
  });
  const { params } = sam;
  const grads = grad(
    loss,
    params.layout().slots.map((s) => params.tensor(s.name)),
  );
  return { loss, grads };
}

/** The gradient as one flat vector. */
function packed(params: Params, grads: readonly Tensor[]): Tensor {
  const layout = params.layout();
  if (!layout.flat) throw new Error('train: nothing trains; attach an adapter or choose what trains');
  return pack(
    grads,
    layout.slots.map((s) => s.offset),
    layout.total,
  );
}

/**
 * A whole step of one batch; inputs as above, `hyper` (see `hyperOf`) and, where a hook asks for it, `t` [1], the number of
 * the step. Outputs `loss` and `norm` of the gradient, [1] each. When either is not finite, parameters stay as they are: so
 * that the step can be looked into, and nothing is lost.
 */
export function trainingGraph(parts: StepParts, leaves: TrainLeaves): Outputs {
  const { loss, grads } = lossAndGradients(parts);
  return scope('optimiser', () => update(parts, leaves, loss, packed(parts.sam.params, grads)));
}

/**
 * One of several batches of a step: adds its share of loss and gradient to the sums. Inputs as above and `first` [1]: 1
 * begins the sums anew.
 */
export function gradientGraph(parts: StepParts, leaves: TrainLeaves): Outputs {
  const { loss, grads } = lossAndGradients(parts);
  return scope('optimiser', () => {
    const g = packed(parts.sam.params, grads);
    const first = input('first', [1]);
    const add1 = (sum: Tensor, x: Tensor) => {
      const share = scale(reshape(x, sum.shape), 1 / parts.config.accumulate);
      return assign(sum, where(first, share, add(sum, share)));
    };
    const sums = leaves.sums!;
    return { outputs: {}, effects: [add1(leafTensor(sums.gradient), g), add1(leafTensor(sums.loss), loss)] };
  });
}

/** The end of such a step: outputs and inputs `hyper` and `t` as those of `trainingGraph`. */
export function updateGraph(parts: StepParts, leaves: TrainLeaves): Outputs {
  const { gradient, loss } = leaves.sums!;
  return scope('optimiser', () => update(parts, leaves, reshape(leafTensor(loss), []), leafTensor(gradient)));
}

/** Optimiser, hooks, moving average, in this order, unless something is no number. */
function update({ sam, config, hooks }: StepParts, leaves: TrainLeaves, loss: Tensor, g: Tensor): Outputs {
  const layout = sam.params.layout();
  const raw = input('hyper', [HYPER_LENGTH]);
  const { norm, hyper } =
    config.clip === null ? { norm: sqrt(sum(square(g))), hyper: raw } : clipByNorm(g, raw, config.clip);
  const before = leafTensor(leaves.halted);
  const good = mul(mul(finite(loss), finite(norm)), addScalar(scale(reshape(before, []), -1), 1));
  // With rate 0 and gradient 0 the update leaves p as it is, bit for bit.
  const still = mul(raw, pad(constant([1, 1, 1], [HYPER_LENGTH - 1], 'all but the rate'), [[1, 0]]));
  const safe = where(expand(good, [layout.total]), g, constant([0], [1], 'zero'));
  const rates = where(expand(good, [HYPER_LENGTH]), hyper, still);
  const gradient = (name: string) => {
    const slot = layout.slots.find((s) => s.name === name);
    if (!slot) throw new Error(`train: a hook asks for the gradient of '${name}', which does not train`);
    return reshape(slice(safe, 0, slot.offset, slot.length), slot.shape);
  };
  const effects = [optimise(config, layout, leaves.moments, safe, rates)];
  const t = input('t', [1]);
  provide(STEPS, config.steps, () => {
    for (const h of hooks) if (h.update) effects.push(...h.update(gradient, t));
  });
  if (leaves.ema && config.ema !== null) {
    effects.push(ema(leafTensor(leaves.ema), leafTensor(layout.flat!), scale(reshape(good, [1]), 1 - config.ema)));
  }
  effects.push(assign(before, addScalar(scale(reshape(good, [1]), -1), 1)));
  return { outputs: { loss: reshape(loss, [1]), norm: reshape(norm, [1]) }, effects };
}
