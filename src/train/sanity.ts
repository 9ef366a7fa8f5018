import type { Evaluated } from './evaluator';
import type { StepResult, Trainer } from './trainer';
import type { TrainItem } from './trainItem';

/**
 * Trials before a long run: can the model learn one batch by heart, and which learning rates does it bear? Both put the
 * trainer back to where it stood.
 */

/** What both need to be told. */
export interface TrialOptions {
  readonly steps: number;
  readonly onStep?: (result: StepResult) => void;
  /** Asked before each step. */
  readonly stop?: () => boolean;
}

/** What learning one batch by heart gave. */
export interface Overfit {
  readonly curve: readonly StepResult[];
  readonly before: readonly Evaluated[];
  readonly after: readonly Evaluated[];
  /** Mean Dice after it reached `wanted`. */
  readonly passed: boolean;
}

/**
 * Trains on the same items again and again. A model that cannot learn them by heart (mean Dice `wanted`) has a defect, a
 * learning rate that does not suit it, or too little that trains.
 */
export async function overfitOneBatch(
  trainer: Trainer,
  items: readonly TrainItem[],
  options: TrialOptions & { readonly wanted?: number },
): Promise<Overfit> {
  const { wanted = 0.9 } = options;
  return putBack(trainer, async () => {
    const before = await trainer.evaluate(items);
    const curve: StepResult[] = [];
    for (let i = 0; i < options.steps && !options.stop?.(); i++) {
      curve.push(await trainer.run(items));
      options.onStep?.(curve[i]);
    }
    const after = await trainer.evaluate(items);
    const dice = after.reduce((sum, e) => sum + e.dice, 0) / after.length;
    return { curve, before, after, passed: dice >= wanted };
  });
}

/** A point of the learning-rate curve. */
export interface RatePoint {
  readonly lr: number;
  readonly loss: number;
  /** Running mean without its bias towards 0 (decay 0.9). */
  readonly smooth: number;
}

/** Loss against learning rate, and what follows from it. */
export interface RateCurve {
  readonly points: readonly RatePoint[];
  /** The rate at which the loss falls fastest; null when it never fell. */
  readonly suggested: number | null;
  /** The rate from which on the loss grew beyond `DIVERGED` times its smallest value, or was no number; null when it did not. */
  readonly diverged: number | null;
}

/** The search ends when the smoothed loss is this many times its smallest value. */
const DIVERGED = 4;
const DECAY = 0.9;

/**
 * Raises the learning rate from `from` to `to` by equal factors and watches the loss. Source: Smith 2017, "Cyclical learning
 * rates for training neural networks", with fastai's smoothing and choice (steepest descent).
 */
export async function findRate(
  trainer: Trainer,
  batch: (i: number) => readonly TrainItem[],
  options: TrialOptions & { readonly from?: number; readonly to?: number },
): Promise<RateCurve> {
  const { from = 1e-6, to = 1, steps } = options;
  if (!(from > 0 && to > from && Number.isInteger(steps) && steps >= 5))
    throw new Error(`findRate: expected 0 < from < to and at least 5 steps, got ${from}, ${to}, ${steps}`);
  return putBack(trainer, async () => {
    const points: RatePoint[] = [];
    let mean = 0;
    let least = Infinity;
    for (let i = 0; i < steps && !options.stop?.(); i++) {
      const lr = from * (to / from) ** (i / (steps - 1));
      const result = await trainer.run(batch(i), lr).catch((e: unknown) => {
        // A loss that is no number is an answer here.
        if (e instanceof Error && e.name === 'TrainError') return null;
        throw e;
      });
      if (!result) return { points, suggested: steepest(points), diverged: lr };
      mean = DECAY * mean + (1 - DECAY) * result.loss;
      const smooth = mean / (1 - DECAY ** (i + 1));
      points.push({ lr, loss: result.loss, smooth });
      options.onStep?.(result);
      least = Math.min(least, smooth);
      if (smooth > DIVERGED * least) return { points, suggested: steepest(points), diverged: lr };
    }
    return { points, suggested: steepest(points), diverged: null };
  });
}

/** The rate where the smoothed loss falls fastest over the logarithm of the rate. */
export function steepest(points: readonly RatePoint[]): number | null {
  let [best, slope] = [null as number | null, 0];
  for (let i = 1; i + 1 < points.length; i++) {
    const [a, b] = [points[i - 1], points[i + 1]];
    const s = (b.smooth - a.smooth) / Math.log(b.lr / a.lr);
    if (s < slope) [best, slope] = [points[i].lr, s];
  }
  return best;
}

async function putBack<T>(trainer: Trainer, trial: () => Promise<T>): Promise<T> {
  const start = await trainer.readState();
  try {
    return await trial();
  } finally {
    // Waits for what is still in flight.
    await trainer.readState();
    trainer.writeState(start);
  }
}
