// metrics.jsonl: a line per step and per evaluation. No times are in it, so equal runs have equal files.
import { type CaseScore, summariseScores } from '../../train/metrics/summary';
import type { StepResult } from '../../train/stepResult';

/** A line of metrics.jsonl. */
export type MetricLine = { readonly kind: 'step' | 'evaluation' | 'validation'; readonly step: number } & Readonly<
  Record<string, unknown>
>;

/** What a step gave. */
export function stepLine({ step, loss, norm, lr, scaling }: StepResult): MetricLine {
  // Of a skipped step there is no norm.
  return { kind: 'step', step, loss, norm: Number.isFinite(norm) ? norm : null, lr, ...scaling };
}

/** Means of an evaluation after `step` steps. */
export function evaluationLine(results: readonly CaseScore[], step: number) {
  const { overall, classes } = summariseScores(results);
  const byClass = Object.fromEntries(classes.map((c) => [c.className, { n: c.n, dice: c.dice, iou: c.iou }]));
  return { kind: 'evaluation', step, n: overall.n, dice: overall.dice, iou: overall.iou, classes: byClass } as const;
}

/** Mean of a look at the objects held back from training. */
export function validationLine(results: readonly CaseScore[], step: number) {
  const { overall } = summariseScores(results);
  return { kind: 'validation', step, n: overall.n, dice: overall.dice, iou: overall.iou } as const;
}
