import { type Box, boxIoU, tightBox } from '../metrics/box';
import { type Grid, grid } from '../metrics/grid';
import { logitScore } from '../metrics/overlap';
import { classScores, type SegmentationScore, segmentationScore } from '../metrics/segmentationScore';
import { percentile, surfaceDistances, surfaceOf } from '../metrics/surface';
import type { GoldenArray } from './files';
import type { CaseInfo, Computed, GoldenCase } from './goldenCase';
import { computeClicks } from './kindMetricsClicks';

/** Metrics and clicks as this project defines them: recognised by its definitions. */
export function isMetrics(info: CaseInfo): boolean {
  const defined = info.definitions as Record<string, unknown> | undefined;
  return typeof defined === 'object' && defined !== null && 'hd95' in defined && 'click' in defined;
}

/** All results of such a case that have inputs. */
export function computeMetrics(c: GoldenCase): Computed {
  const out: Computed = new Map();
  for (const name of namesOf(c, 'masks')) computeMasks(c, name, out);
  computeClasses(c, out);
  const logits = c.inputs.get('threshold.logits');
  if (logits) {
    const score = logitScore(logits.data, need(c, 'threshold.gt').data);
    out.set('threshold.dice', Float32Array.of(score.dice));
    out.set('threshold.iou', Float32Array.of(score.iou));
    out.set(
      'threshold.pred',
      logits.data.map((v) => (v > 0 ? 1 : 0)),
    );
  }
  for (const name of namesOf(c, 'clicks')) computeClicks(c, name, out);
  computeBoxes(c, out);
  return out;
}

/** Names of the inputs `ROOM.NAME.pred`. */
function namesOf(c: GoldenCase, room: string): string[] {
  return [...c.inputs.keys()].flatMap((key) =>
    key.startsWith(`${room}.`) && key.endsWith('.pred') ? [key.slice(room.length + 1, -'.pred'.length)] : [],
  );
}

function need(c: GoldenCase, name: string): GoldenArray {
  const found = c.inputs.get(name);
  if (!found) throw new Error(`${c.files.name}: io.safetensors has no in.${name}`);
  return found;
}

/** Tolerances (mm) whose NSD the case expects under `prefix`, with the names that it gives them. */
function nsdNames(c: GoldenCase, prefix: string): { name: string; tolerance: number }[] {
  return [...c.expected.keys()].flatMap((name) => {
    const tolerance = name.startsWith(prefix) ? /^nsd_([\d.]+)mm$/.exec(name.slice(prefix.length)) : null;
    return tolerance ? [{ name, tolerance: Number(tolerance[1]) }] : [];
  });
}

const STATES: readonly SegmentationScore['empty'][] = ['no', 'one', 'both'];

/** Scores of one pair of masks, and the distances behind them. */
function computeMasks(c: GoldenCase, name: string, out: Computed): void {
  const prefix = `masks.${name}.`;
  const pred = need(c, `${prefix}pred`);
  const truth = need(c, `${prefix}gt`).data;
  const on = grid(pred.shape, [...need(c, `${prefix}spacing`).data]);
  const set = (what: string, ...values: number[]) => out.set(prefix + what, Float32Array.from(values));
  const score = segmentationScore(pred.data, truth, on, 1);
  for (const what of ['dice', 'iou', 'hd95'] as const) set(what, score[what]);
  for (const nsd of nsdNames(c, prefix))
    out.set(nsd.name, Float32Array.of(segmentationScore(pred.data, truth, on, nsd.tolerance).nsd));
  set('state', STATES.indexOf(score.empty));
  set('counts', score.predicted, score.truth, pred.data.filter((v, i) => v && truth[i]).length);
  set('surface_voxels', ...[pred.data, truth].map((mask) => surfaceOf(mask, on).reduce((n, v) => n + v, 0)));
  const { hd, directed, pooled } = score.empty === 'no' ? distancesOf(pred.data, truth, on) : noDistances(score);
  set('hd', hd);
  set('hd95_max_directed', directed);
  out.set(`${prefix}distances`, Float32Array.from(pooled));
}

function distancesOf(pred: Float32Array, truth: Float32Array, on: Grid) {
  const { fromPrediction, fromTruth, pooled } = surfaceDistances(pred, truth, on);
  const directed = Math.max(...[fromPrediction, fromTruth].map((d) => percentile(d.slice().sort(), 0.95)));
  return { hd: pooled[pooled.length - 1], directed, pooled };
}

/** Where a mask is empty, all distances are those of HD95. */
const noDistances = ({ hd95 }: SegmentationScore) => ({ hd: hd95, directed: hd95, pooled: new Float64Array() });

/** One value per class 1.. of two label maps with spacing 1 unless it is given; the results' length says how many classes. */
function computeClasses(c: GoldenCase, out: Computed): void {
  const pred = c.inputs.get('classes.pred');
  const wanted = [...c.expected].find(([name]) => name.startsWith('classes.'));
  if (!pred || !wanted) return;
  const classes = Array.from(wanted[1].data, (_, i) => ({ name: `${i + 1}`, value: i + 1 }));
  const spacing = c.inputs.get('classes.spacing')?.data;
  const on = grid(pred.shape, spacing && [...spacing]);
  const scores = (tolerance: number) => classScores(pred.data, need(c, 'classes.gt').data, classes, on, tolerance);
  const first = scores(1);
  for (const what of ['dice', 'iou', 'hd95'] as const)
    out.set(
      `classes.${what}`,
      Float32Array.from(first, (s) => s[what]),
    );
  out.set(
    'classes.state',
    Float32Array.from(first, (s) => STATES.indexOf(s.empty)),
  );
  for (const { name, tolerance } of nsdNames(c, 'classes.'))
    out.set(
      name,
      Float32Array.from(scores(tolerance), (s) => s.nsd),
    );
}

/** Tight boxes of the truth of the click pairs named in `box_order`, and their overlap with jittered ones. */
function computeBoxes(c: GoldenCase, out: Computed): void {
  const order = Array.isArray(c.info.box_order) ? c.info.box_order.map(String) : [];
  if (!order.length) return;
  const boxes = order.map((name) => {
    const { data, shape } = need(c, `clicks.${name}.gt`);
    return tightBox(data, shape[1], shape[0]);
  });
  out.set('boxes.tight', Float32Array.from(boxes.flat()));
  const jittered = c.inputs.get('boxes.jittered')?.data;
  if (!jittered) return;
  const other = (i: number) => [...jittered.slice(4 * i, 4 * i + 4)] as unknown as Box;
  out.set(
    'boxes.iou_pixels',
    Float32Array.from(boxes, (box, i) => boxIoU(box, other(i))),
  );
  // Sides without the 1, for comparison only: the same rule for boxes whose last corner lies one pixel before.
  const corners = (box: Box): Box => [box[0], box[1], box[2] - 1, box[3] - 1];
  out.set(
    'boxes.iou_corners',
    Float32Array.from(boxes, (box, i) => cornerIoU(corners(box), corners(other(i)))),
  );
}

/** Boxes without area have no overlap. */
const cornerIoU = (a: Box, b: Box): number => boxIoU(a, b) || 0;
