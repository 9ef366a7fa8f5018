import type { MaskScore } from './overlap';

/** A score and what it belongs to. */
export interface CaseScore extends MaskScore {
  readonly id: string;
  readonly className: string;
}

/** Means over some scores; `n` of them, `oneEmpty` and `bothEmpty` with such masks. Means are NaN where n is 0. */
export interface ScoreMean {
  readonly n: number;
  readonly dice: number;
  readonly iou: number;
  readonly oneEmpty: number;
  readonly bothEmpty: number;
}

/** Means by class, in the order in which classes first appear, and over all. */
export interface ScoreSummary {
  readonly classes: readonly (ScoreMean & { readonly className: string })[];
  /** Over all scores, each with the same weight. */
  readonly overall: ScoreMean;
  /** Mean of the class means, each class with the same weight. */
  readonly classMean: { readonly dice: number; readonly iou: number };
  /** Different ids. */
  readonly cases: number;
}

function meanOf(scores: readonly MaskScore[]): ScoreMean {
  const n = scores.length;
  const mean = (pick: (s: MaskScore) => number) => scores.reduce((sum, s) => sum + pick(s), 0) / n;
  const count = (empty: MaskScore['empty']) => scores.filter((s) => s.empty === empty).length;
  return { n, dice: mean((s) => s.dice), iou: mean((s) => s.iou), oneEmpty: count('one'), bothEmpty: count('both') };
}

/** Means of scores per class and over all. Empty masks count with the values that `MaskScore.empty` states. */
export function summariseScores(scores: readonly CaseScore[]): ScoreSummary {
  const names = [...new Set(scores.map((s) => s.className))];
  const classes = names.map((className) => ({ className, ...meanOf(scores.filter((s) => s.className === className)) }));
  const average = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  return {
    classes,
    overall: meanOf(scores),
    classMean: { dice: average(classes.map((c) => c.dice)), iou: average(classes.map((c) => c.iou)) },
    cases: new Set(scores.map((s) => s.id)).size,
  };
}
