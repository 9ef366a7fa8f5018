import type { Run } from './run';

/** Waits until nobody asks a model, then runs `work`. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Work that asks the adapter of `run` for something. Where it is being trained, this happens between two steps, by the parameters that were
 * kept last (their moving average, where there is one): an answer never mixes those of several steps, and training goes on as without it.
 */
export function atRest<T>(run: Pick<Run, 'trainer' | 'state'> | null, work: () => Promise<T>): Promise<T> {
  if (!run?.trainer) return work();
  const { state, trainer } = run;
  const average = state?.vectors.ema;
  // Where nothing was trained since, they are there.
  const there = !average && (!state || state.step === trainer.step);
  return trainer.withParameters(there ? null : (average ?? state.p), work);
}
