import * as v from 'valibot';
import { constantRate, cosineRate, type Schedule } from '../nn/schedule';
import { LOSSES } from './losses';

/**
 * How to train: every key with its default; configs of experiments contain it and name what is wrong by path. Defaults are
 * for small bases, chosen by trying (see the notes of `adapt`).
 */
export const trainSchema = v.strictObject({
  /** Rows of a batch: objects, one prompt each. */
  batch: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1024)), 4),
  /** Prompt tokens per row; shorter prompts come padded with label −1. */
  points: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 2),
  loss: v.optional(v.picklist(LOSSES), 'bce+dice'),
  /** Peak learning rate. */
  lr: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(10)), 1e-3),
  schedule: v.optional(v.picklist(['constant', 'cosine']), 'constant'),
  /** Steps over which the rate rises from 0. */
  warmup: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 10),
  /** Length of the schedule in steps. */
  steps: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)), 200),
  /** Of AdamW; biases, norm gains and other vectors are spared. */
  weightDecay: v.optional(v.pipe(v.number(), v.minValue(0), v.ltValue(1)), 0.01),
  /** Largest norm of the gradient; null: no clipping. */
  clip: v.optional(v.nullable(v.pipe(v.number(), v.gtValue(0))), null),
});

/** How to train, with every default filled in. Every field is written into the record of a run. */
export type TrainConfig = Readonly<v.InferOutput<typeof trainSchema>>;

/** What holds where nothing else is said. */
export const TRAIN_DEFAULTS: TrainConfig = v.parse(trainSchema, {});

/** The learning rate of step t = 0, 1, … Throws when the numbers make no sense. */
export function rateOf(c: TrainConfig): Schedule {
  const whole = { batch: c.batch, points: c.points, steps: c.steps };
  for (const [name, n] of Object.entries(whole)) {
    if (!Number.isInteger(n) || n < 1) throw new Error(`train: ${name} must be a whole number of at least 1, got ${n}`);
  }
  if (!Number.isInteger(c.warmup) || c.warmup < 0)
    throw new Error(`train: warmup must be a whole number of at least 0, got ${c.warmup}`);
  if (!(c.lr > 0 && Number.isFinite(c.lr))) throw new Error(`train: the learning rate must be positive, got ${c.lr}`);
  if (!(c.weightDecay >= 0 && c.weightDecay < 1))
    throw new Error(`train: weightDecay must be in 0..1, got ${c.weightDecay}`);
  if (c.clip !== null && !(c.clip > 0)) throw new Error(`train: clip must be positive or null, got ${c.clip}`);
  const warmup = Math.min(c.warmup, c.steps - 1);
  if (c.schedule === 'cosine') return cosineRate(c.lr, c.steps, 0, warmup);
  const flat = constantRate(c.lr);
  // The rise does not depend on `steps`: a constant schedule goes on as it was when a run is made longer.
  return (t) => (t < c.warmup ? (flat(t) * (t + 1)) / (c.warmup + 1) : flat(t));
}
