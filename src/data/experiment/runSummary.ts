// What a report knows of a run. Whoever trains fills it and saves it as JSON; tables and pages are made of nothing else.
import * as v from 'valibot';
import { DatasetError } from '../errors';

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const distance = v.pipe(v.number(), v.finite(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const caseSchema = v.object({
  /** The image or volume. */
  id: v.string(),
  /** Whose it is, where several cases have one patient; they are resampled together. Default: the case itself. */
  patient: v.optional(v.string()),
  className: v.string(),
  dice: share,
  iou: share,
  /** In `unit`; left out where it was not measured. */
  hd95: v.optional(distance),
  nsd: v.optional(share),
  /** The released code's 5-threshold score of the logits (`releaseScore`), comparable with numbers published from it only. */
  releaseDice: v.optional(share),
  releaseIou: v.optional(share),
  /** Both masks empty, exactly one, or neither: what the values of empty masks are is written in SPEC §5. */
  empty: v.picklist(['no', 'both', 'one']),
});

const pointSchema = v.object({
  step: count,
  /** Training loss, mean over some steps. */
  loss: v.optional(v.pipe(v.number(), v.finite())),
  /** Mean Dice of the validation set over its objects. */
  dice: v.optional(share),
});

/** A file name and nothing more: it is looked for in the run's own folder. */
const fileName = v.pipe(v.string(), v.regex(/^[^/\\:]+$/, 'expected a file name'), v.notValues(['.', '..']));

const pictureSchema = v.object({ file: fileName, id: v.string(), className: v.string(), dice: share });

const summarySchema = v.object({
  /** The row of the table: everything that tells this run from others but data set and seed, e.g. `Med-SA, box`. */
  arm: v.pipe(v.string(), v.nonEmpty()),
  dataset: v.pipe(v.string(), v.nonEmpty()),
  seed: count,
  /** One row per object that was scored; 3-D cases are scored as volumes. */
  cases: v.array(caseSchema),
  /** Unit of hd95, and the tolerance of nsd in it. */
  unit: v.optional(v.picklist(['mm', 'px']), 'px'),
  tolerance: v.optional(v.nullable(distance), null),
  /** `total` counts base and adapters; `percent` is trained / base · 100. */
  parameters: v.object({ trained: count, total: count, percent: distance }),
  steps: count,
  /** Median time of a training step; null where nothing was trained. */
  msPerStep: v.nullable(distance),
  /** Wall time of the whole run. */
  seconds: distance,
  /** Largest memory on the device; null where it is not known. */
  peakBytes: v.nullable(count),
  /** The device, in words. */
  device: v.string(),
  curve: v.array(pointSchema),
  /** Pictures of best and worst objects, in the run's folder `overlays`, the most telling first. */
  overlays: v.optional(v.array(pictureSchema), []),
});

/** One run: an arm, trained with one seed on one data set, and what it scored. Plain JSON. */
export type RunSummary = v.InferOutput<typeof summarySchema>;

/** One scored object of a run. */
export type CaseRow = RunSummary['cases'][number];

/** One point of a run's curves. */
export type CurvePoint = RunSummary['curve'][number];

/** A picture of one object of a run, for best and worst. */
export interface Overlay {
  readonly arm: string;
  readonly dataset: string;
  readonly seed: number;
  readonly id: string;
  readonly className: string;
  /** Dice of what is shown. */
  readonly dice: number;
  /** PNG: see `overlayPng`. */
  readonly png: Uint8Array;
}

/** Metrics of a run's rows, in the order of the tables. `better`: whether more is better. */
export const METRICS = [
  { key: 'dice', name: 'Dice', better: 'higher' },
  { key: 'iou', name: 'IoU', better: 'higher' },
  { key: 'hd95', name: 'HD95', better: 'lower' },
  { key: 'nsd', name: 'NSD', better: 'higher' },
  { key: 'releaseDice', name: 'Dice, 5 thresholds', better: 'higher' },
  { key: 'releaseIou', name: 'IoU, 5 thresholds', better: 'higher' },
] as const;

/** A metric by its key. */
export type MetricKey = (typeof METRICS)[number]['key'];

/** A summary from JSON, checked; `DatasetError` names `where` and what is wrong. */
export function parseRunSummary(json: unknown, where: string): RunSummary {
  const result = v.safeParse(summarySchema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  throw new DatasetError(`${where}: no summary of a run — ${path ? `${path}: ` : ''}${issue.message}`);
}
