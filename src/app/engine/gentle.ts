import type { StepResult, Trainer } from '../../train/trainer';

/** Milliseconds between two steps, for whoever else needs the device. */
const BREATH = 24;

/**
 * A trainer that has one step in flight and leaves the device alone for a moment after each. For devices that run on the processor: there the
 * browser draws the page with the same threads, and a queue that is never empty would freeze it.
 */
export function gentleTrainer(trainer: Trainer, breath = BREATH): Trainer {
  let last: Promise<unknown> = Promise.resolve();
  const gentle = Object.create(trainer) as { -readonly [K in keyof Trainer]: Trainer[K] };
  Object.defineProperty(gentle, 'run', {
    value(items: Parameters<Trainer['run']>[0]): Promise<StepResult> {
      const mine = last.then(() => trainer.run(items));
      last = mine.catch(() => {}).then(() => new Promise((next) => setTimeout(next, breath)));
      // The caller may look at this one only after later ones.
      mine.catch(() => {});
      return mine;
    },
  });
  return gentle;
}
