import * as v from 'valibot';
import { constantRate, cosineRate, type Schedule, stepRate } from '../nn/schedule';
import { augmentSchema } from './augmentConfig';
import { LOSSES } from './losses';

const whole = (value: number, min: number, max = Number.MAX_SAFE_INTEGER) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)), value);
const atLeast = (value: number, min: number) => v.optional(v.pipe(v.number(), v.finite(), v.minValue(min)), value);
const below1 = (value: number) => v.optional(v.pipe(v.number(), v.minValue(0), v.ltValue(1)), value);

/** What is stored in 16 bits: see `trainSchema`. */
export const PRECISIONS = ['f32', 'mixed', 'packed16', 'f16'] as const;

/** Optimisers by name. */
export const OPTIMISERS = ['adamw', 'adam', 'sgd'] as const;

/**
 * How to train: every key with its default; configs of experiments contain it and name what is wrong by path. Defaults are
 * for small bases, chosen by trying (see the notes of `adapt`).
 */
export const trainSchema = v.strictObject({
  /** Objects that are computed at once, one prompt each; with `prompts` above 1, images; with `depth` above 1, volumes. */
  batch: whole(4, 1, 1024),
  /**
   * Rows of each image of a batch: its objects in turn, each time with a new prompt. The image is encoded, and changed at random, once for
   * all of them. A slice of a volume has one, whatever is said here.
   */
  prompts: whole(1, 1, 64),
  /** Batches whose gradients are added up before the parameters change: a step takes batch · accumulate objects. */
  accumulate: whole(1, 1, 1024),
  /** Slices of a volume's slab; 1 for images. A batch has batch · depth rows. */
  depth: whole(1, 1, 512),
  /** Prompt tokens per row; shorter prompts come padded with label −1; 0: none, or only a mask. Clicks of correction rounds come on top. */
  points: whole(2, 0),
  /** Items may bring a mask prompt (`maskInput`): logits of an earlier mask at the decoder's resolution. */
  maskPrompts: v.optional(v.boolean(), false),
  /** Correction rounds within a step: each adds the click that its prediction needs most, and counts in the loss alike. */
  rounds: whole(0, 0, 8),
  /** Where a correcting click goes: the innermost pixel of the largest error, or a random pixel of it. */
  click: v.optional(v.picklist(['center', 'random']), 'center'),
  /** Correction rounds also get the logits of the round before as mask prompt, as SAM was trained. */
  refine: v.optional(v.boolean(), true),
  /** Encode each image once and keep its embedding on the GPU, where nothing in the image encoder trains or moves images. */
  keepEmbeddings: v.optional(v.boolean(), true),
  /** What of the image encoder is computed a second time in the backward instead of being kept: nothing, or each block. */
  remat: v.optional(v.picklist(['none', 'blocks']), 'none'),
  /**
   * `mixed`: what the model keeps for the backward is stored in 16 bits; everything is computed in 32. `packed16`: gradients between
   * blocks, too, with loss scaling. `f16`: that with the type of 16 bits that some devices have (same bits).
   */
  precision: v.optional(v.picklist(PRECISIONS), 'f32'),
  /** Of `packed16` and `f16`: the factor on the loss at first; a power of two. It halves when a gradient overflows, and that step is skipped. */
  lossScale: v.optional(
    v.pipe(
      v.number(),
      v.minValue(1),
      v.maxValue(2 ** 40),
      v.check((n) => Number.isInteger(Math.log2(n)), 'expected a power of two'),
    ),
    2 ** 16,
  ),
  /** Good steps in a row after which it doubles. */
  lossScaleEvery: whole(200, 1),
  loss: v.optional(v.picklist(LOSSES), 'bce+dice'),
  /** Weight of object pixels in the binary cross entropy. */
  posWeight: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1e4)), 1),
  /** Weight of the IoU head's squared error; 0: the head is not trained. */
  iouWeight: atLeast(0, 0),
  /** Train SAM's three masks on the first prompt, the best of them counting; correction rounds give one mask. */
  multimask: v.optional(v.boolean(), false),
  optimiser: v.optional(v.picklist(OPTIMISERS), 'adamw'),
  /** Of Adam and AdamW. */
  beta1: below1(0.9),
  beta2: below1(0.999),
  eps: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1)), 1e-8),
  /** Of SGD. */
  momentum: below1(0.9),
  /** Peak learning rate. */
  lr: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(10)), 1e-3),
  schedule: v.optional(v.picklist(['constant', 'step', 'cosine']), 'constant'),
  /** Steps over which the rate rises from 0. */
  warmup: whole(10, 0),
  /** Length of the schedule in steps. */
  steps: whole(200, 1, 1_000_000),
  /** Of the schedule `step`: the rate is multiplied by `gamma` every so many steps. */
  every: whole(50, 1),
  gamma: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1)), 0.5),
  /** Of the schedule `cosine`: the rate at its end. */
  lrEnd: atLeast(0, 0),
  /** Decoupled with AdamW, added to the gradient (L2) with Adam and SGD. */
  weightDecay: v.optional(v.pipe(v.number(), v.minValue(0), v.ltValue(1)), 0.01),
  /** What decays: weights (biases, norm gains, generator biases and other vectors are spared), or all. */
  decay: v.optional(v.picklist(['weights', 'all']), 'weights'),
  /** Largest norm of the gradient; null: no clipping. */
  clip: v.optional(v.nullable(v.pipe(v.number(), v.gtValue(0))), null),
  /** Decay per step of the moving average of the parameters that is evaluated and saved; null: the parameters themselves. */
  ema: v.optional(v.nullable(v.pipe(v.number(), v.gtValue(0), v.ltValue(1))), null),
  augment: v.optional(augmentSchema, {}),
  /**
   * Validations in a row without a better Dice after which training ends; null: all steps. Of experiments that hold training cases back
   * for it (`data.validation`).
   */
  patience: v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000))), null),
  /** Of what a step draws: augmentation and random clicks. */
  seed: whole(1, 0, 2 ** 31 - 1),
});

/** How to train, with every default filled in. Every field is written into the record of a run. */
export type TrainConfig = Readonly<v.InferOutput<typeof trainSchema>>;

/** What holds where nothing else is said. */
export const TRAIN_DEFAULTS: TrainConfig = v.parse(trainSchema, {});

/** Items that one step takes: prompts of an image and slices of volumes count singly. */
export function itemsPerStep(c: Pick<TrainConfig, 'batch' | 'prompts' | 'accumulate' | 'depth'>): number {
  return c.batch * c.prompts * c.accumulate * c.depth;
}

/** Throws, naming the key, unless the numbers make sense. */
export function checkTrain(c: TrainConfig): void {
  const parsed = v.safeParse(trainSchema, c);
  if (!parsed.success) {
    const issues = parsed.issues.map((i) => `${v.getDotPath(i) ?? 'config'}: ${i.message}`);
    throw new Error(`train: ${issues.join('; ')}`);
  }
  if (c.prompts > 1 && c.depth > 1)
    throw new Error(
      `train: ${c.prompts} prompts an image need images; a slice of a volume has one: set train.prompts to 1`,
    );
}

/** The learning rate of step t = 0, 1, … Throws when the numbers make no sense. */
export function rateOf(c: TrainConfig): Schedule {
  checkTrain(c);
  if (c.schedule === 'cosine') {
    if (c.lrEnd > c.lr) throw new Error(`train: lrEnd ${c.lrEnd} lies above the peak learning rate ${c.lr}`);
    return cosineRate(c.lr, c.steps, c.lrEnd, Math.min(c.warmup, c.steps - 1));
  }
  const full = c.schedule === 'step' ? stepRate(c.lr, c.every, c.gamma) : constantRate(c.lr);
  // The rise does not depend on `steps`: such a schedule goes on as it was when a run is made longer.
  return (t) => (t < c.warmup ? (full(t) * (t + 1)) / (c.warmup + 1) : full(t));
}
