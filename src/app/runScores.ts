/** What runs scored, side by side: means with intervals, a paired test, and where their configurations differ. No DOM. */
import { rng } from '../data/rng';
import { canonical } from '../train/experiment/merge';
import { bootstrapMean, type Estimate } from '../train/stats/bootstrap';
import { pairedPermutation } from '../train/stats/permutation';
import { showScore } from './format';
import type { ObjectScore, RunInfo } from './runProtocol';

/** Mean Dice of a class; null where it was not measured. */
export interface ClassRow {
  readonly className: string;
  readonly n: number;
  readonly before: number | null;
  readonly after: number | null;
}

/** A row for each class, in order of appearance. */
export function classRows(objects: readonly ObjectScore[]): ClassRow[] {
  const names = [...new Set(objects.map((o) => o.className))];
  return names.map((className) => {
    const own = objects.filter((o) => o.className === className);
    const mean = (when: When) => {
      const values = own.flatMap((o) => o[when] ?? []);
      return values.length ? values.reduce((sum, v) => sum + v, 0) / values.length : null;
    };
    return { className, n: own.length, before: mean('before'), after: mean('after') };
  });
}

/** Before or after training. */
export type When = 'before' | 'after';

/** Draws of the bootstrap: enough for two digits, quick enough for a page. */
const RESAMPLES = 1000;

const observations = (objects: readonly ObjectScore[], when: When) =>
  objects.flatMap(({ id, className, patient, [when]: value }, i) =>
    value === null ? [] : [{ cluster: patient, stratum: className, key: `${id} ${i}`, value }],
  );

/** Mean Dice (classes alike) with its 95 % interval over cases; null where nothing was measured. */
export function diceOfRun({ objects }: Pick<RunInfo, 'objects'>, when: When): Estimate | null {
  const rows = observations(objects, when);
  return rows.length ? bootstrapMean(rows, rng(0, 'page', when), RESAMPLES) : null;
}

/** 0.812 [0.761, 0.850]; a dash where nothing was measured. */
export function estimateText(e: Estimate | null): string {
  if (!e) return '–';
  return e.interval ? `${showScore(e.mean)} [${e.interval.map(showScore).join(', ')}]` : showScore(e.mean);
}

/** The p-value of two runs' Dice after training, paired by object; null where they were not measured on the same. */
export function pairedP(a: RunInfo, b: RunInfo): number | null {
  const names = (r: RunInfo) => r.objects.map((o) => `${o.id} ${o.className}`).join('\n');
  if (names(a) !== names(b) || a.imported || b.imported) return null;
  const [x, y] = [a, b].map((r) => observations(r.objects, 'after'));
  return x.length && y.length ? pairedPermutation(x, y, rng(0, 'page', 'paired'), 2000).p : null;
}

/** One entry of the configurations of several runs, in their order. */
export interface Difference {
  readonly path: string;
  readonly values: readonly string[];
}

/** Entries of the experiments' configurations that are not the same in all runs. */
export function configDifferences(runs: readonly RunInfo[]): Difference[] {
  const flat = runs.map((r) => flattened(r.config.experiment));
  const paths = [...new Set(flat.flatMap((f) => [...f.keys()]))];
  return paths
    .map((path) => ({ path, values: flat.map((f) => f.get(path) ?? '–') }))
    .filter(({ values }) => new Set(values).size > 1);
}

/** Leaves of a configuration by path; adapters by their names. */
function flattened(value: unknown, at: readonly string[] = []): Map<string, string> {
  if (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((v) => typeof v === 'object' && v !== null && 'name' in v)
  )
    return new Map(value.flatMap((v: { name: string }) => [...flattened(v, [...at, v.name])]));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return new Map([[at.join('.'), typeof value === 'string' ? value : canonical(value)]]);
  return new Map(Object.entries(value).flatMap(([key, v]) => [...flattened(v, [...at, key])]));
}

/** A run and how far below its first ancestor it stands. */
export interface Branch {
  readonly run: RunInfo;
  readonly depth: number;
}

/** Runs with those that began with their adapters below them; the latest family first. */
export function lineage(runs: readonly RunInfo[]): Branch[] {
  const known = new Set(runs.map((r) => r.id));
  const below = (id: string | null, depth: number): Branch[] =>
    runs
      .filter((r) => (r.config.from !== null && known.has(r.config.from) ? r.config.from : null) === id)
      .sort((a, b) => (depth ? a.created - b.created : b.created - a.created))
      .flatMap((run) => [{ run, depth }, ...below(run.id, depth + 1)]);
  return below(null, 0);
}
