/** The two adapters that a run keeps: the last, and the one with the best Dice on the held-out objects. In words, too. No DOM. */
import type { Checkpoint } from '../data/experiment/runFiles';
import { showScore } from './format';
import type { RunInfo } from './runProtocol';

/** A run that will not go on. */
export const isOver = ({ phase }: Pick<RunInfo, 'phase'>): boolean => phase === 'done' || phase === 'stopped';

/** The best adapter is another than the last. */
export const hasOtherBest = ({ best, step }: Pick<RunInfo, 'best' | 'step'>): boolean =>
  best !== null && best.step !== step;

/** Which of a run's adapters is asked for masks: the chosen one, else the last while it may go on, and the best when it is over. */
export function appliedOf(run: Pick<RunInfo, 'best' | 'step' | 'applied' | 'phase'>): Checkpoint {
  if (!hasOtherBest(run)) return 'last';
  return run.applied ?? (isOver(run) ? 'best' : 'last');
}

/** `best: step 40, Dice 0.912`. Of the last one Dice is known where it was measured then. */
export function adapterText(run: RunInfo, which: Checkpoint): string {
  const { best, step } = run;
  if (!hasOtherBest(run)) return `step ${step}${best ? `, the best so far: Dice ${showScore(best.dice)}` : ''}`;
  if (which === 'best') return `best: step ${best?.step}, Dice ${showScore(best?.dice ?? null)}`;
  const last = isOver(run) ? meanAfter(run) : null;
  return `last: step ${step}${last === null ? '' : `, Dice ${showScore(last)}`}`;
}

/** Which adapter masks come from, for the line above the views. */
export function appliedText(run: RunInfo | null): string {
  if (!run || run.imported || !hasOtherBest(run)) return 'Adapted';
  return appliedOf(run) === 'best' ? `Adapted, best (step ${run.best?.step})` : `Adapted, last (step ${run.step})`;
}

/** How the best is chosen, and what that means for its score. */
export const BEST_ABOUT =
  'The best by mean Dice on the held-out objects. It was chosen by them, so that score flatters it a little.';

function meanAfter({ objects }: RunInfo): number | null {
  const values = objects.flatMap((o) => o.after ?? []);
  return values.length ? values.reduce((sum, v) => sum + v, 0) / values.length : null;
}
