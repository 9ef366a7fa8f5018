import type { TrainingHooks } from '../adapters/adapter';
import { grad } from '../autograd/grad';
import type { Segmenter } from '../models/segmenter';
import { provide, STEPS } from '../nn/context';
import { HALF_GRADIENTS, halfGradients } from '../nn/halfGradients';
import type { Params } from '../nn/params';
import { REMAT, remat } from '../nn/remat';
import { AUGMENT_LENGTH, augment, warp } from '../ops/augment';
import { ema } from '../ops/ema';
import { scaleOf } from '../ops/lossScale';
import { clipByNorm, HYPER_LENGTH } from '../ops/optim';
import { assign, onlyWhere, pack } from '../ops/plumbing';
import { add, addScalar, mul, sqrt, square, scale as times, where } from '../ops/pointwise';
import { sum } from '../ops/reduce';
import { expand, reshape, slice } from '../ops/view';
import type { Outputs } from '../plan/plan';
import { constant, input, kept16, type Leaf, leafTensor, scope, type Tensor } from '../tensor/tensor';
import { augmentOff } from './augmentConfig';
import { iouLoss, maskLoss } from './losses';
import { endScaling, hyperFor, scales, unscale, verdictOf } from './lossScaling';
import { optimise } from './optimiser';
import { type BatchTensors, batchInputs, predictRounds, type RoundConfig } from './rounds';
import type { TrainConfig } from './trainConfig';
import { type BatchShape, rowsOf } from './trainItem';
import type { TrainLeaves } from './trainLeaves';

/** Everything a step is made from. */
export interface StepParts {
  readonly sam: Segmenter;
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
export function evaluationGraph(sam: Segmenter, shape: BatchShape, config: RoundConfig): Outputs {
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

/**
 * Loss [] and the gradients of all trainable parameters, in the order of the layout's slots, of loss · `scale` ([], 1 by default); one more
 * input, `target`.
 */
export function lossAndGradients(
  { sam, shape, config, hooks, embedding }: StepParts,
  scale?: Tensor,
): { readonly loss: Tensor; readonly grads: readonly Tensor[] } {
  const given = augmented({ sam, shape, config });
  const batch = embedding ? { ...given, embedding: leafTensor(embedding) } : given;
  const rounds = withStorage(sam, config, () => predictRounds(sam, shape, batch, config));
  const loss = scope('loss', () => {
    const each = rounds.map(({ logits, iou }) => {
      const mask = maskLoss(config.loss, logits, batch.target, config.posWeight);
      return config.iouWeight ? add(mask, times(iouLoss(iou, logits, batch.target), config.iouWeight)) : mask;
    });
    const all = each.reduce((a, b) => add(a, b));
    const penalties = hooks.flatMap((h) => (h.penalty ? [reshape(h.penalty(), [])] : []));
    return penalties.reduce((a, b) => add(a, b), rounds.length > 1 ? times(all, 1 / rounds.length) : all);
  });
  const { params } = sam;
  const grads = grad(
    loss,
    params.layout().slots.map((s) => params.tensor(s.name)),
    scale,
  );
  return { loss, grads };
}

/** Runs `f` so that what it traces is computed again or kept in 16 bits, as `config` says. */
export function withStorage<T>(sam: Segmenter, config: Pick<TrainConfig, 'remat' | 'precision'>, f: () => T): T {
  const [again, halves] = [config.remat === 'blocks', scales(config)];
  if (again) remat(sam);
  if (halves) halfGradients(sam);
  return provide(REMAT, again, () => provide(HALF_GRADIENTS, halves, () => kept16(f, config.precision !== 'f32')));
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
  const { loss, grads } = lossAndGradients(parts, scaleIn(leaves));
  return scope('optimiser', () => update(parts, leaves, loss, packed(parts.sam.params, grads)));
}

/**
 * One of several batches of a step: adds its share of loss and gradient to the sums. Inputs as above and `first` [1]: 1
 * begins the sums anew.
 */
export function gradientGraph(parts: StepParts, leaves: TrainLeaves): Outputs {
  const { loss, grads } = lossAndGradients(parts, scaleIn(leaves));
  return scope('optimiser', () => {
    const g = packed(parts.sam.params, grads);
    const first = input('first', [1]);
    const add1 = (sum: Tensor, x: Tensor) => {
      const share = times(reshape(x, sum.shape), 1 / parts.config.accumulate);
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

/** The factor [] on the loss; undefined where nothing is scaled. */
function scaleIn({ scaling }: TrainLeaves): Tensor | undefined {
  return scaling ? reshape(scaleOf(leafTensor(scaling.leaf)), []) : undefined;
}

/** Optimiser, hooks, moving average, in this order, unless something is no number; the loss scale last. */
function update({ sam, config, hooks }: StepParts, leaves: TrainLeaves, loss: Tensor, g: Tensor): Outputs {
  const layout = sam.params.layout();
  const state = leaves.scaling && leafTensor(leaves.scaling.leaf);
  const raw = hyperFor(config, input('hyper', [HYPER_LENGTH]), state);
  const [by, length] = [unscale(state), sqrt(sum(square(g)))];
  const { norm, hyper } =
    config.clip === null ? { norm: by ? mul(length, by) : length, hyper: raw } : clipByNorm(g, raw, config.clip);
  const before = leafTensor(leaves.halted);
  const verdict = verdictOf(loss, norm, before, state);
  const { good, overflow } = verdict;
  const zero = constant([0], [1], 'zero');
  // A factor of 0 on the gradient: the optimiser changes nothing, bit for bit.
  const effects = [optimise(config, layout, leaves.moments, g, where(expand(good, [HYPER_LENGTH]), hyper, zero))];
  const gradient = (name: string) => {
    const slot = layout.slots.find((s) => s.name === name);
    if (!slot) throw new Error(`train: a hook asks for the gradient of '${name}', which does not train`);
    const part = reshape(slice(g, 0, slot.offset, slot.length), slot.shape);
    return where(expand(good, slot.shape), by ? mul(part, by) : part, zero);
  };
  const t = input('t', [1]);
  provide(STEPS, config.steps, () => {
    for (const h of hooks) {
      const own = h.update?.(gradient, t) ?? [];
      effects.push(...(state ? own.map((e) => onlyWhere(good, e)) : own));
    }
  });
  if (leaves.ema && config.ema !== null) {
    effects.push(ema(leafTensor(leaves.ema), leafTensor(layout.flat!), times(reshape(good, [1]), 1 - config.ema)));
  }
  const goes = overflow ? add(good, overflow) : good;
  effects.push(assign(before, addScalar(times(reshape(goes, [1]), -1), 1)));
  const outputs = { loss: reshape(loss, [1]), norm: reshape(norm, [1]) };
  if (!state) return { outputs, effects };
  const { effect, report } = endScaling(config, state, verdict);
  return { outputs: { ...outputs, scaling: report }, effects: [...effects, effect] };
}
