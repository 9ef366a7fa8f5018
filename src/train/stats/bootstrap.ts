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

/**
 * Mean over classes with its 95 % bootstrap interval. Clusters are drawn with replacement (objects of one patient stay
 * together, as do the seeds that scored it); a draw that lacks a class is drawn again, because a mean of other classes
 * says nothing about this one. Same `random`, same interval.
 */
export function bootstrapMean(rows: readonly Observation[], random: Random, resamples = RESAMPLES): Estimate {
  const { clusters, strata, sums, counts } = tabulate(rows);
  const everything = new Int32Array(clusters).fill(1);
  const statistic = (weights: Int32Array) => {
    let total = 0;
    for (let s = 0; s < strata; s++) {
      let [sum, n] = [0, 0];
      for (let c = 0; c < clusters; c++) {
        sum += weights[c] * sums[c * strata + s];
        n += weights[c] * counts[c * strata + s];
      }
      total += sum / n;
    }
    return total / strata;
  };
  const estimate = { mean: statistic(everything), observations: rows.length, clusters };
  if (clusters < 2 || resamples === 0) return { ...estimate, interval: null };
  const draws = new Float64Array(resamples);
  const weights = new Int32Array(clusters);
  let complete = 0;
  for (let attempt = 0; attempt < ATTEMPTS * resamples && complete < resamples; attempt++) {
    weights.fill(0);
    for (let i = 0; i < clusters; i++) weights[random.int(0, clusters - 1)]++;
    const mean = statistic(weights);
    if (Number.isFinite(mean)) draws[complete++] = mean;
  }
  if (complete < resamples) return { ...estimate, interval: null };
  draws.sort();
  return { ...estimate, interval: [percentile(draws, 0.025), percentile(draws, 0.975)] };
}

/** Sum and number of observations of every cluster in every stratum, flat (clusters, strata); sorted, so that the order of the rows means nothing. */
function tabulate(rows: readonly Observation[]) {
  const place = (names: readonly string[]) => new Map([...new Set(names)].sort().map((name, i) => [name, i]));
  const clusters = place(rows.map((r) => r.cluster));
  const strata = place(rows.map((r) => r.stratum));
  const sums = new Float64Array(clusters.size * strata.size);
  const counts = new Int32Array(sums.length);
  for (const { cluster, stratum, value } of rows) {
    const at = clusters.get(cluster)! * strata.size + strata.get(stratum)!;
    sums[at] += value;
    counts[at]++;
  }
  return { clusters: clusters.size, strata: strata.size, sums, counts };
}
