// The comparison as tables of text; how they are written down is the business of `tableText` and the page.

import { METRICS, type MetricKey } from '../../data/experiment/runSummary';
import type { Estimate } from '../../train/stats/bootstrap';
import type { Comparison, Result, Score } from './comparison';
import {
  DASH,
  median,
  showBytes,
  showCount,
  showDifference,
  showInterval,
  showMs,
  showP,
  showPercent,
  showValue,
} from './format';

/** A cell: what it says, what qualifies it (an interval), and whether it is the best of its column. */
export interface Cell {
  readonly text: string;
  readonly more?: string;
  readonly best?: boolean;
}

/** A table. The first column names the row; the others are numbers. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** What must be known to read it. */
  readonly notes: readonly string[];
}

/** A cell without an interval. */
export const cell = (text: string): Cell => ({ text });

/** A mean and its interval. */
export const estimateCell = (estimate: Estimate, key: string): Cell => {
  const more = showInterval(estimate, key);
  return { text: showValue(estimate.mean, key), ...(more ? { more } : {}) };
};

/** One row per arm: size, cost, and mean Dice on every data set. */
export function overviewTable(c: Comparison): Table {
  const others = c.arms.length > 1;
  const columns = ['arm', 'trained', '% of base', 'ms/step', 'peak memory', 'seeds'];
  for (const dataset of c.datasets) columns.push(`Dice ${dataset}`, ...(others ? ['p'] : []));
  const rows = c.arms.map((arm) => {
    const own = c.results.filter((r) => r.arm === arm);
    const row = [cell(arm), ...costCells(own)];
    for (const dataset of c.datasets) {
      const result = own.find((r) => r.dataset === dataset);
      row.push(scoreCell(c, dataset, 'dice', result));
      if (others) row.push(cell(pText(result?.scores.dice, arm === c.against)));
    }
    return row;
  });
  return { title: 'All arms', columns, rows, notes: notesOf(c) };
}

/** Metrics of a data set that some arm has: those of the protocol, or those of the released code. */
const metricsOf = (results: readonly Result[], release: boolean) =>
  METRICS.filter(({ key }) => key.startsWith('release') === release && results.some((r) => r.scores[key]));

/** The released code's score, apart from the others because it is none of them; null where nobody computed it. */
export function releaseTable(c: Comparison, dataset: string): Table | null {
  const results = c.results.filter((r) => r.dataset === dataset);
  const keys = metricsOf(results, true);
  if (!keys.length) return null;
  const note =
    'Truth and logits (not probabilities) are both cut at 0.1, 0.3, 0.5, 0.7 and 0.9, every cut is scored with smoothing, and all are averaged, as the released code does.';
  return {
    title: `${dataset}: score of the released code`,
    columns: ['arm', ...keys.map(({ name }) => name)],
    rows: results.map((r) => [cell(r.arm), ...keys.map(({ key }) => scoreCell(c, dataset, key, r))]),
    notes: [note],
  };
}

/** Everything about one data set: the four metrics with tests, and how many masks were empty. */
export function datasetTable(c: Comparison, dataset: string): Table {
  const results = c.results.filter((r) => r.dataset === dataset);
  const keys = metricsOf(results, false);
  const others = results.length > 1;
  const columns = ['arm', 'seeds', 'cases'];
  for (const { key } of keys) columns.push(metricTitle(key, results[0]), ...(others ? ['Δ, p'] : []));
  columns.push('one empty', 'both empty');
  const rows = results.map((r) => {
    const row = [cell(r.arm), seedCell(r), cell(`${r.cases}`)];
    for (const { key } of keys) {
      const score = r.scores[key];
      row.push(scoreCell(c, dataset, key, r));
      if (others) row.push(testCell(score, key, r.arm === c.against));
    }
    return [...row, cell(`${r.oneEmpty} of ${r.objects}`), cell(`${r.bothEmpty} of ${r.objects}`)];
  });
  return { title: dataset, columns, rows, notes: [] };
}

/** Mean Dice (and distances) of every class; null where there is only one. */
export function classTable(c: Comparison, dataset: string): Table | null {
  const results = c.results.filter((r) => r.dataset === dataset);
  const names = [...new Set(results.flatMap((r) => r.classes.map((k) => k.className)))];
  if (names.length < 2) return null;
  const keys = metricsOf(results, false);
  const columns = ['arm', 'class', ...keys.map(({ key }) => metricTitle(key, results[0])), 'objects', 'one empty'];
  const rows = names.flatMap((name) =>
    results.flatMap((r) => {
      const own = r.classes.find((k) => k.className === name);
      if (!own) return [];
      const scores = keys.map(({ key }) => (own.scores[key] ? estimateCell(own.scores[key], key) : cell(DASH)));
      return [[cell(r.arm), cell(name), ...scores, cell(`${own.objects}`), cell(`${own.oneEmpty}`)]];
    }),
  );
  return { title: `${dataset}: by class`, columns, rows, notes: [] };
}

/** `HD95 (mm)`, `NSD (2 mm)`. */
export function metricTitle(key: MetricKey, { runs }: Result): string {
  const { unit, tolerance } = runs[0];
  const name = METRICS.find((m) => m.key === key)?.name ?? key;
  if (key === 'hd95') return `${name} (${unit})`;
  return key === 'nsd' && tolerance !== null ? `${name} (${tolerance} ${unit})` : name;
}

/** Trained parameters, their share, time and memory: over all runs of an arm. A range where they differ. */
export function costCells(own: readonly Result[]): Cell[] {
  const runs = own.flatMap((r) => r.runs);
  const range = (values: number[], show: (v: number) => string) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return show(low) === show(high) ? show(low) : `${show(low)}…${show(high)}`;
  };
  const times = runs.flatMap((r) => (r.msPerStep === null ? [] : [r.msPerStep]));
  const peaks = runs.flatMap((r) => (r.peakBytes === null ? [] : [r.peakBytes]));
  return [
    cell(
      range(
        runs.map((r) => r.parameters.trained),
        showCount,
      ),
    ),
    cell(
      range(
        runs.map((r) => r.parameters.percent),
        showPercent,
      ),
    ),
    cell(showMs(median(times))),
    cell(showBytes(peaks.length ? Math.max(...peaks) : null)),
    cell(`${new Set(runs.map((r) => r.seed)).size}`),
  ];
}

/** A metric with its interval; marked where no arm of the data set has a better mean. */
export function scoreCell(c: Comparison, dataset: string, key: MetricKey, result: Result | undefined): Cell {
  const score = result?.scores[key];
  if (!score) return cell(DASH);
  const means = c.results.flatMap((r) => (r.dataset === dataset && r.scores[key] ? [r.scores[key].mean] : []));
  const higher = METRICS.find((m) => m.key === key)?.better === 'higher';
  const best = higher ? Math.max(...means) : Math.min(...means);
  const same = showValue(score.mean, key) === showValue(best, key);
  return { ...estimateCell(score, key), best: means.length > 1 && same };
}

const pText = (score: Score | undefined, isReference: boolean): string =>
  isReference ? 'reference' : score?.test ? showP(score.test.corrected) : DASH;

/** How many seeds, and how much their mean Dice spreads (standard deviation). */
function seedCell({ seedDice }: Result): Cell {
  const n = seedDice.length;
  if (n < 2) return cell(`${n}`);
  const mean = seedDice.reduce((sum, d) => sum + d, 0) / n;
  const sd = Math.sqrt(seedDice.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (n - 1));
  return { text: `${n}`, more: `sd ${showValue(sd, 'dice')}` };
}

/** The difference, and how likely it is by chance. */
function testCell(score: Score | undefined, key: MetricKey, isReference: boolean): Cell {
  if (isReference) return cell('reference');
  const { test = null } = score ?? {};
  if (test?.p == null) return cell(DASH);
  return { text: showDifference(test.difference, key), more: `p ${showP(test.corrected)}` };
}

function notesOf(c: Comparison): string[] {
  const devices = [...new Set(c.results.flatMap((r) => r.runs.map((run) => run.device)))];
  return [
    'Mean over classes, each with the same weight, with its 95 % bootstrap interval over cases; objects of a patient and the seeds of a case stay together.',
    ...(c.arms.length > 1
      ? [
          `p: paired permutation test against ${c.against}, two-sided, corrected by Holm for the arms of a column; Δ: mean difference on common cases.`,
        ]
      : []),
    'Both masks empty count as Dice, IoU, NSD 1 and HD95 0; exactly one as 0 and the diagonal of the image. Both are counted.',
    'seeds: how many, and the standard deviation of their mean Dice; the interval is over cases and says nothing about seeds.',
    `ms/step: median of the runs; peak memory: the largest. Device: ${devices.join('; ')}.`,
  ];
}
