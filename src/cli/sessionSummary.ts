import type { EvaluationSet, ExperimentData, Measured } from '../data/experiment/experimentData';
import type { MetricLine } from '../data/experiment/metricLine';
import { deviceName } from '../gpu/device';
import type { ExperimentConfig } from '../train/experiment/config';
import type { CaseRow } from './report/runSummary';
import type { Session } from './session';
import { peakBytesOf } from './sessionRecord';

/** Points of a curve, about. */
const POINTS = 60;

/** summary.json: what a run came to, in the form that tables and reports read. */
export async function sessionSummary(s: Session, step: number, results: readonly Measured[]) {
  const { trained, total, percent } = s.sam.params.counts();
  return {
    arm: s.config.name || s.config.adapters.map((a) => a.name).join(' + ') || 'base',
    dataset: s.data.name,
    prompt: s.evalPrompt,
    seed: s.config.seed,
    cases: caseRows(s.data, s.set, s.config.eval, results),
    before: s.before.map(({ id, className, dice, iou }) => ({ id, className, dice, iou })),
    unit: s.data.unit,
    tolerance: s.config.eval.surfaces ? s.config.eval.tolerance : null,
    parameters: { trained, total, percent },
    steps: step,
    msPerStep: median(s.stepTimes),
    seconds: s.seconds.total,
    peakBytes: peakBytesOf(s),
    device: s.gpu ? deviceName(s.gpu.caps) : '',
    curve: curveOf(await s.folder.readMetrics()),
    best: s.best,
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

/** The middle value; null of none. */
function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[sorted.length >> 1] : null;
}
