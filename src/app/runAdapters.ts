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
  const dice = best ? `, Dice ${showScore(best.dice)}` : '';
  if (!hasOtherBest(run)) return `step ${step}${best ? `, the best${dice}` : ''}`;
  return which === 'best' ? `best: step ${best?.step}${dice}` : `last: step ${step}`;
}
