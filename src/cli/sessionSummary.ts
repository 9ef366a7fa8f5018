import { deviceName } from '../gpu/device';
import type { Evaluated } from '../train/evaluator';
import { grid } from '../train/metrics/grid';
import { segmentationScore } from '../train/metrics/segmentationScore';
import type { MetricLine } from './runFolder';
import type { Session } from './session';
import { peakBytesOf } from './sessionRecord';

/** Points of a curve, about. */
const POINTS = 60;

/** summary.json: what a run came to, in the form that tables and reports read. */
export async function sessionSummary(s: Session, step: number, results: readonly Evaluated[]) {
  const { trained, total, percent } = s.sam.params.counts();
  return {
    arm: s.config.name || s.config.adapters.map((a) => a.name).join(' + ') || 'base',
    dataset: s.data.name,
    prompt: s.evalPrompt,
    seed: s.config.seed,
    cases: results.map((r, i) => caseRow(s, r, i)),
    before: s.before.map(({ id, className, dice, iou }) => ({ id, className, dice, iou })),
    unit: 'px' as const,
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

/** One scored object; surface distances in pixels of the model's input. */
function caseRow(s: Session, { id, className, dice, iou, empty, mask }: Evaluated, i: number) {
  const patient = s.data.patients.get(id);
  const row = { id, ...(patient === undefined ? {} : { patient }), className, dice, iou, empty };
  if (!s.config.eval.surfaces) return row;
  const [h, w] = s.items[i].inputSize;
  const side = Math.sqrt(mask.length);
  // Without the frame's padding: where one mask is empty, the distance is the image's diagonal.
  const shown = (all: Uint8Array) => {
    const out = new Uint8Array(h * w);
    for (let y = 0; y < h; y++) out.set(all.subarray(y * side, y * side + w), y * w);
    return out;
  };
  const { hd95, nsd } = segmentationScore(shown(mask), shown(s.items[i].mask), grid([h, w]), s.config.eval.tolerance);
  return { ...row, hd95, nsd };
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
