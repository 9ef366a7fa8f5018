import type { Random } from '../metrics/pixels';
import { percentile } from '../metrics/surface';

/** A number that belongs to a cluster (a patient, a case) and to a stratum (a class). */
export interface Observation {
  readonly cluster: string;
  readonly stratum: string;
  readonly value: number;
}

/** A mean and the interval that holds it with 95 % confidence. */
export interface Estimate {
  /** Mean of the strata's means, each stratum with the same weight; NaN without observations. */
  readonly mean: number;
  /** Percentiles 2.5 and 97.5 over resampled clusters; null where nothing can be said: fewer than two clusters, classes in almost none of them, or no draws. */
  readonly interval: readonly [number, number] | null;
  readonly observations: number;
  readonly clusters: number;
}

/** How often clusters are resampled. */
export const RESAMPLES = 2000;

/** Draws that may lack a class for one that does not. With more, classes are too rare for an interval. */
const ATTEMPTS = 50;

/** `bootstrapMeans` of one group. */
export function bootstrapMean(rows: readonly Observation[], random: Random, resamples = RESAMPLES): Estimate {
  return bootstrapMeans([rows], random, resamples)[0];
}

/**
 * Means over classes with their 95 % bootstrap intervals, of several groups of observations (metrics, classes) at once.
 * Clusters are drawn with replacement (objects of one patient stay together, as do the seeds that scored it), for all
 * groups the same; a draw that lacks a class does not count for a group, because a mean of other classes says nothing
 * about this one. Same `random`, same intervals.
 */
export function bootstrapMeans(
  groups: readonly (readonly Observation[])[],
  random: Random,
  resamples = RESAMPLES,
): Estimate[] {
  const clusters = place(groups.flatMap((rows) => rows.map((r) => r.cluster)));
  const tables = groups.map((rows) => tabulate(rows, clusters));
  const draws = tables.map((t) => (t.clusters < 2 || resamples === 0 ? null : new Float64Array(resamples)));
  const complete = draws.map((d) => (d ? 0 : resamples));
  const weights = new Int32Array(clusters.size);
  for (let attempt = 0; attempt < ATTEMPTS * resamples && complete.some((n) => n < resamples); attempt++) {
    weights.fill(0);
    for (let i = 0; i < weights.length; i++) weights[random.int(0, weights.length - 1)]++;
    for (const [g, table] of tables.entries()) {
      if (complete[g] === resamples) continue;
      const mean = weightedMean(table, weights);
      if (Number.isFinite(mean)) draws[g]![complete[g]++] = mean;
    }
  }
  const once = new Int32Array(clusters.size).fill(1);
  return tables.map((table, g) => {
    const sorted = complete[g] === resamples ? draws[g]?.sort() : null;
    return {
      mean: weightedMean(table, once),
      interval: sorted ? [percentile(sorted, 0.025), percentile(sorted, 0.975)] : null,
      observations: groups[g].length,
      clusters: table.clusters,
    };
  });
}

/** Sums and numbers of observations by stratum and cluster, flat (strata, all clusters). */
interface Table {
  readonly strata: number;
  /** Clusters that have observations. */
  readonly clusters: number;
  readonly sums: Float64Array;
  readonly counts: Int32Array;
}

/** Names by place; sorted, so that the order of the rows means nothing. */
const place = (names: readonly string[]) => new Map([...new Set(names)].sort().map((name, i) => [name, i]));

function tabulate(rows: readonly Observation[], clusters: ReadonlyMap<string, number>): Table {
  const strata = place(rows.map((r) => r.stratum));
  const sums = new Float64Array(strata.size * clusters.size);
  const counts = new Int32Array(sums.length);
  for (const { cluster, stratum, value } of rows) {
    const at = strata.get(stratum)! * clusters.size + clusters.get(cluster)!;
    sums[at] += value;
    counts[at]++;
  }
  return { strata: strata.size, clusters: new Set(rows.map((r) => r.cluster)).size, sums, counts };
}

/** Mean of the strata's means, each cluster counted `weights` times; NaN where a stratum has nothing. */
function weightedMean({ strata, sums, counts }: Table, weights: Int32Array): number {
  let total = 0;
  for (let s = 0, at = 0; s < strata; s++) {
    let [sum, n] = [0, 0];
    for (let c = 0; c < weights.length; c++, at++) {
      sum += weights[c] * sums[at];
      n += weights[c] * counts[at];
    }
    total += sum / n;
  }
  return total / strata;
}
