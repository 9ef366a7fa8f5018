// A paired permutation test: if two arms were equal, the two scores of a case could change places. Every such exchange
// flips the sign of the case's difference; p is the share of exchanges whose mean difference is at least as large.
import type { Random } from '../metrics/pixels';
import type { Observation } from './bootstrap';

/** Of a comparison. */
export interface PairedTest {
  /** Mean of a − b over strata, as `bootstrapMean` weighs them. */
  readonly difference: number;
  /** Two-sided; null where no pair exists. */
  readonly p: number | null;
  /** Pairs of clusters. */
  readonly clusters: number;
  /** All exchanges counted, or some drawn. */
  readonly exact: boolean;
}

/** An observation that can be paired: `key` names the object within its cluster. */
export interface PairedObservation extends Observation {
  readonly key: string;
}

/** Up to so many clusters all 2^n exchanges are counted. */
const EXACT_CLUSTERS = 16;
/** Exchanges drawn for more clusters. */
export const EXCHANGES = 10_000;

/**
 * Compares two arms on the objects that both scored; several values of one object (seeds) are averaged first. Objects of
 * a cluster (patient) change places together.
 */
export function pairedPermutation(
  a: readonly PairedObservation[],
  b: readonly PairedObservation[],
  random: Random,
  exchanges = EXCHANGES,
): PairedTest {
  const terms = pairedTerms(a, b);
  const difference = terms.reduce((sum, v) => sum + v, 0);
  const exact = terms.length <= EXACT_CLUSTERS;
  const result = { difference, clusters: terms.length, exact };
  if (terms.length === 0) return { ...result, difference: Number.NaN, p: null };
  // Sums in another order differ by rounding, which must not decide about a tie.
  const limit = Math.abs(difference) - 1e-12 * terms.reduce((sum, v) => sum + Math.abs(v), 0);
  return { ...result, p: exact ? exactP(terms, limit) : drawnP(terms, limit, random, exchanges) };
}

/** Share of all sign patterns whose sum reaches the limit, the observed one among them. */
function exactP(terms: readonly number[], limit: number): number {
  const patterns = 2 ** terms.length;
  let reached = 0;
  for (let k = 0; k < patterns; k++) {
    let sum = 0;
    for (let i = 0; i < terms.length; i++) sum += (k >> i) & 1 ? -terms[i] : terms[i];
    if (Math.abs(sum) >= limit) reached++;
  }
  return reached / patterns;
}

/** Signs that one whole number of the generator decides. */
const SIGNS = 30;

/** The same from drawn patterns; the observed one counts as one of them, so that p is never 0. */
function drawnP(terms: readonly number[], limit: number, random: Random, exchanges: number): number {
  let reached = 1;
  for (let k = 0; k < exchanges; k++) {
    let sum = 0;
    let signs = 0;
    for (let i = 0; i < terms.length; i++) {
      if (i % SIGNS === 0) signs = random.int(0, 2 ** SIGNS - 1);
      sum += signs & 1 ? terms[i] : -terms[i];
      signs >>= 1;
    }
    if (Math.abs(sum) >= limit) reached++;
  }
  return reached / (exchanges + 1);
}

/** What each cluster adds to the mean difference: Σ over its objects of (a − b) / (strata · objects of the stratum). */
function pairedTerms(a: readonly PairedObservation[], b: readonly PairedObservation[]): number[] {
  const [meansA, meansB] = [objectMeans(a), objectMeans(b)];
  const pairs = [...meansA.values()].flatMap((x) => {
    const y = meansB.get(x.id);
    return y ? [{ cluster: x.cluster, stratum: x.stratum, difference: x.mean - y.mean }] : [];
  });
  const sizes = new Map<string, number>();
  for (const { stratum } of pairs) sizes.set(stratum, (sizes.get(stratum) ?? 0) + 1);
  const terms = new Map<string, number>();
  for (const { cluster, stratum, difference } of pairs)
    terms.set(cluster, (terms.get(cluster) ?? 0) + difference / (sizes.size * sizes.get(stratum)!));
  // In sorted order, so that the order of the rows means nothing.
  return [...terms].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, term]) => term);
}

/** The mean of every object's values. */
function objectMeans(rows: readonly PairedObservation[]) {
  const objects = new Map<string, { id: string; cluster: string; stratum: string; mean: number; n: number }>();
  for (const { cluster, stratum, key, value } of rows) {
    const id = JSON.stringify([cluster, stratum, key]);
    const object = objects.get(id) ?? { id, cluster, stratum, mean: 0, n: 0 };
    object.n++;
    object.mean += (value - object.mean) / object.n;
    objects.set(id, object);
  }
  return objects;
}

/** Holm's correction of p-values for as many comparisons as there are (null ones are left out), in the same order. */
export function holm(ps: readonly (number | null)[]): (number | null)[] {
  const order = ps.flatMap((p, i) => (p === null ? [] : [{ p, i }])).sort((x, y) => x.p - y.p);
  const out: (number | null)[] = ps.map(() => null);
  let least = 0;
  order.forEach(({ p, i }, k) => {
    least = Math.max(least, Math.min(1, (order.length - k) * p));
    out[i] = least;
  });
  return out;
}
