// summary.json: what a run came to, in the form that tables and reports read; the same for command line and page.

import type { ExperimentConfig } from '../../train/experiment/config';
import type { CaseScore } from '../../train/metrics/summary';
import type { EvaluationSet, ExperimentData, Measured } from './experimentData';
import type { MetricLine } from './metricLine';
import type { CaseRow } from './runSummary';

/** Points of a curve, about. */
const POINTS = 60;

/** The evaluation with the highest mean Dice over all objects so far: of those held back from training, where there are such. */
export interface Best {
  readonly step: number;
  readonly dice: number;
}

/** What a run came to. */
export interface RunOutcome {
  readonly config: ExperimentConfig;
  readonly data: ExperimentData;
  readonly set: EvaluationSet;
  /** Kind of prompt that was measured with. */
  readonly prompt: string;
  readonly step: number;
  /** What it started from; empty where that is not known. */
  readonly before: readonly Pick<CaseScore, 'id' | 'className' | 'dice' | 'iou'>[];
  readonly results: readonly Measured[];
  readonly parameters: { readonly trained: number; readonly total: number; readonly percent: number };
  /** Milliseconds of single steps. */
  readonly stepTimes: readonly number[];
  readonly seconds: number;
  readonly peakBytes: number | null;
  /** In words. */
  readonly device: string;
  readonly metrics: readonly MetricLine[];
  readonly best: Best | null;
}

/** The text of summary.json as data. */
export function summaryOf({ config, data, set, results, metrics, stepTimes, ...o }: RunOutcome) {
  const { trained, total, percent } = o.parameters;
  return {
    arm: config.name || config.adapters.map((a) => a.name).join(' + ') || 'base',
    dataset: data.name,
    prompt: o.prompt,
    seed: config.seed,
    cases: caseRows(data, set, config.eval, results),
    before: o.before.map(({ id, className, dice, iou }) => ({ id, className, dice, iou })),
    unit: data.unit,
    tolerance: config.eval.surfaces ? config.eval.tolerance : null,
    parameters: { trained, total, percent },
    steps: o.step,
    msPerStep: median(stepTimes),
    seconds: o.seconds,
    peakBytes: o.peakBytes,
    device: o.device,
    curve: curveOf(metrics),
    best: o.best,
    ...validationOf(data, config, o.step, metrics),
  };
}

/** A row per scored object, with surface distances where they are asked for. */
export function caseRows(
  data: ExperimentData,
  set: EvaluationSet,
  { surfaces, tolerance }: ExperimentConfig['eval'],
  results: readonly Measured[],
): CaseRow[] {
  return results.map(({ id, className, dice, iou, empty, mask, release }, i) => {
    const released = release && { releaseDice: release.dice, releaseIou: release.iou };
    const patient = data.patients.get(id);
    const row = { id, ...(patient === undefined ? {} : { patient }), className, dice, iou, empty, ...released };
    if (!surfaces) return row;
    const { hd95, nsd } = set.surfaces(i, mask, tolerance);
    return { ...row, hd95, nsd };
  });
}

/** Losses averaged over some steps, and every evaluation. */
function curveOf(lines: readonly MetricLine[]): { step: number; loss?: number; dice?: number }[] {
  const steps = lines.filter((l) => l.kind === 'step');
  const each = Math.max(1, Math.ceil(steps.length / POINTS));
  const losses = Array.from({ length: Math.ceil(steps.length / each) }, (_, k) => {
    const some = steps.slice(k * each, (k + 1) * each);
    return { step: some[some.length - 1].step, loss: some.reduce((sum, l) => sum + Number(l.loss), 0) / some.length };
  });
  const dice = lines.filter((l) => l.kind === 'evaluation').map((l) => ({ step: l.step, dice: Number(l.dice) }));
  return [...losses, ...dice].sort((a, b) => a.step - b.step);
}

/** How early stopping went, where cases were held back for it. */
function validationOf(
  { heldBack }: ExperimentData,
  { train: { patience, steps } }: ExperimentConfig,
  step: number,
  lines: readonly MetricLine[],
) {
  if (!heldBack.length) return {};
  const looks = lines.filter((l) => l.kind === 'validation').length;
  return { validation: { objects: heldBack.length, looks, patience, endedEarly: step < steps } };
}

/** The middle value; null of none. */
function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[sorted.length >> 1] : null;
}
