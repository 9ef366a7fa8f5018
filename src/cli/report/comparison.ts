// Runs side by side: per arm and data set the mean of every metric with its interval, and a paired test against one arm.
import { DatasetError } from '../../data/errors';
import { METRICS, type MetricKey, type RunSummary } from '../../data/experiment/runSummary';
import { type Rng, rng } from '../../data/rng';
import { bootstrapMean, bootstrapMeans, type Estimate, RESAMPLES } from '../../train/stats/bootstrap';
import { holm, type PairedObservation, type PairedTest, pairedPermutation } from '../../train/stats/permutation';
import { checkRuns } from './checkRuns';

/** A test against the reference arm; `corrected` by Holm for all arms of the same data set and metric. */
export interface Tested extends PairedTest {
  readonly corrected: number | null;
}

/** One metric of an arm on a data set. */
export interface Score extends Estimate {
  /** Null for the reference arm itself, and where it has no scores to compare with. */
  readonly test: Tested | null;
}

/** Scores by metric; a metric that was not measured everywhere is absent. */
export type Scores<T> = Readonly<Partial<Record<MetricKey, T>>>;

/** One class of a data set. */
export interface ClassScores {
  readonly className: string;
  readonly objects: number;
  readonly oneEmpty: number;
  readonly bothEmpty: number;
  readonly scores: Scores<Estimate>;
}

/** An arm on a data set, over its seeds. Means weigh every class alike. */
export interface Result {
  readonly arm: string;
  readonly dataset: string;
  readonly runs: readonly RunSummary[];
  /** Different cases, and scored objects of all seeds together; of these how many had an empty mask. */
  readonly cases: number;
  readonly objects: number;
  readonly oneEmpty: number;
  readonly bothEmpty: number;
  readonly scores: Scores<Score>;
  readonly classes: readonly ClassScores[];
  /** Mean Dice of every seed, in the order of `runs`. */
  readonly seedDice: readonly number[];
}

/** Everything that tables and pages show. */
export interface Comparison {
  /** In order of appearance. */
  readonly arms: readonly string[];
  readonly datasets: readonly string[];
  /** The arm that the others are tested against. */
  readonly against: string;
  readonly results: readonly Result[];
}

/** How to compare. */
export interface CompareOptions {
  /** Arm that the others are tested against; default: the first. */
  readonly against?: string;
  /** Of bootstrap and permutations. Default 0. */
  readonly seed?: number;
  /** Draws of the bootstrap. */
  readonly resamples?: number;
}

/** Compares runs. `DatasetError` for runs that cannot stand in one table, and for an unknown reference arm. */
export function compareRuns(runs: readonly RunSummary[], options: CompareOptions = {}): Comparison {
  checkRuns(runs);
  const arms = [...new Set(runs.map((r) => r.arm))];
  const datasets = [...new Set(runs.map((r) => r.dataset))];
  const { against = arms[0], seed = 0, resamples = RESAMPLES } = options;
  if (!arms.includes(against))
    throw new DatasetError(`report: no run of the arm '${against}' to compare with; there are ${arms.join(', ')}`);
  const results = datasets.flatMap((dataset) => {
    const here = runs.filter((r) => r.dataset === dataset);
    const tests = testAll(here, against, rng(seed, 'permutation', dataset));
    return [...new Set(here.map((r) => r.arm))].map((arm) => {
      const own = here.filter((r) => r.arm === arm);
      return resultOf(own, tests, rng(seed, 'bootstrap', dataset, arm), resamples);
    });
  });
  return { arms, datasets, against, results };
}

/** Tests of one data set: metric and arm → test. */
type Tests = ReadonlyMap<string, Tested>;

function testAll(runs: readonly RunSummary[], against: string, random: Rng): Tests {
  const out = new Map<string, Tested>();
  const others = [...new Set(runs.map((r) => r.arm))].filter((arm) => arm !== against);
  for (const { key } of METRICS) {
    const rows = (arm: string) =>
      observations(
        runs.filter((r) => r.arm === arm),
        key,
      );
    const reference = rows(against);
    if (!reference?.length) continue;
    const tested = others.flatMap((arm) => {
      const own = rows(arm);
      return own ? [{ arm, test: pairedPermutation(own, reference, random.fork(key, arm)) }] : [];
    });
    const corrected = holm(tested.map((t) => t.test.p));
    tested.forEach(({ arm, test }, i) => {
      out.set(`${key} ${arm}`, { ...test, corrected: corrected[i] });
    });
  }
  return out;
}

function resultOf(runs: readonly RunSummary[], tests: Tests, random: Rng, resamples: number): Result {
  const rows = runs.flatMap((r) => r.cases);
  const { arm, dataset } = runs[0];
  const names = [...new Set(rows.map((c) => c.className))];
  // One group per metric, and one per metric and class.
  const measured = METRICS.flatMap(({ key }) => {
    const seen = observations(runs, key);
    return seen?.length
      ? [{ key, groups: [seen, ...names.map((name) => seen.filter((o) => o.stratum === name))] }]
      : [];
  });
  const all = measured.flatMap((m) => m.groups);
  const estimates = bootstrapMeans(all, random, resamples);
  const estimateOf = (m: number, group: number) => estimates[m * (names.length + 1) + group];
  const scoresOf = (group: number): Scores<Estimate> =>
    Object.fromEntries(measured.map(({ key }, m) => [key, estimateOf(m, group)]));
  const scores: Scores<Score> = Object.fromEntries(
    measured.map(({ key }, m) => [key, { ...estimateOf(m, 0), test: tests.get(`${key} ${arm}`) ?? null }]),
  );
  const classes = names.map((className, k) => ({
    className,
    ...countsOf(rows.filter((c) => c.className === className)),
    scores: scoresOf(k + 1),
  }));
  const seedDice = runs.map((r) => bootstrapMean(observations([r], 'dice') ?? [], random, 0).mean);
  return {
    arm,
    dataset,
    runs,
    cases: new Set(rows.map((c) => c.id)).size,
    ...countsOf(rows),
    scores,
    classes,
    seedDice,
  };
}

function countsOf(rows: RunSummary['cases']) {
  const empty = (which: 'one' | 'both') => rows.filter((c) => c.empty === which).length;
  return { objects: rows.length, oneEmpty: empty('one'), bothEmpty: empty('both') };
}

/** The rows of some runs for one metric; null when a row lacks it. Several objects of a class in a case are told apart by their order. */
function observations(runs: readonly RunSummary[], key: MetricKey): PairedObservation[] | null {
  const out: PairedObservation[] = [];
  for (const run of runs) {
    const seen = new Map<string, number>();
    for (const c of run.cases) {
      const value = c[key];
      if (value === undefined) return null;
      const place = JSON.stringify([c.id, c.className]);
      const nth = seen.get(place) ?? 0;
      seen.set(place, nth + 1);
      out.push({ cluster: c.patient ?? c.id, stratum: c.className, key: `${c.id} ${nth}`, value });
    }
  }
  return out;
}
