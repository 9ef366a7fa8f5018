import { constantRate, cosineRate, type Schedule } from '../nn/schedule';
import type { LossName } from './losses';

/** How to train. Every field is written into the record of a run. */
export interface TrainConfig {
  /** Rows of a batch: objects, one prompt each. */
  readonly batch: number;
  /** Prompt tokens per row; shorter prompts come padded with label −1. */
  readonly points: number;
  readonly loss: LossName;
  /** Peak learning rate. */
  readonly lr: number;
  readonly schedule: 'constant' | 'cosine';
  /** Steps over which the rate rises from 0. */
  readonly warmup: number;
  /** Length of the schedule in steps. */
  readonly steps: number;
  /** Of AdamW; biases, norm gains and other vectors are spared. */
  readonly weightDecay: number;
  readonly clip: number | null;
}

/** Defaults for small bases; chosen by trying (see the notes of `adapt`). */
export const TRAIN_DEFAULTS: TrainConfig = {
  batch: 4,
  points: 2,
  loss: 'bce+dice',
  lr: 1e-3,
  schedule: 'constant',
  warmup: 10,
  steps: 200,
  weightDecay: 0.01,
  clip: null,
};

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
