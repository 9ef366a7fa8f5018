// Smallest, largest, mean and percentiles of voxel values; values that are no finite number are counted and left out.

/** What the values are like. `min`, `max` and `mean` are NaN where no value is finite. */
export interface ValueStats {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Finite values. */
  readonly count: number;
  /** NaN and ±Infinity. */
  readonly nonFinite: number;
}

/** Statistics of finite values, in float64. */
export function valueStats(data: ArrayLike<number>): ValueStats {
  let [min, max, sum, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const v = data[i];
    if (v - v !== 0) continue; // NaN for NaN and infinities
    if (v < min) min = v;
    if (v > max) max = v;
    sum += v;
    count++;
  }
  const nonFinite = data.length - count;
  return count
    ? { min, max, mean: sum / count, count, nonFinite }
    : { min: NaN, max: NaN, mean: NaN, count, nonFinite };
}

/** Statistics of all values of several parts. */
export function mergeStats(parts: readonly ValueStats[]): ValueStats {
  const full = parts.filter((p) => p.count > 0);
  const count = full.reduce((n, p) => n + p.count, 0);
  const nonFinite = parts.reduce((n, p) => n + p.nonFinite, 0);
  if (!count) return { min: NaN, max: NaN, mean: NaN, count, nonFinite };
  const mean = full.reduce((sum, p) => sum + p.mean * (p.count / count), 0);
  const min = full.reduce((m, p) => Math.min(m, p.min), Number.POSITIVE_INFINITY);
  const max = full.reduce((m, p) => Math.max(m, p.max), Number.NEGATIVE_INFINITY);
  return { min, max, mean, count, nonFinite };
}

const bins = 65536;

/** Counts of values by 65,536 equal steps between lo and hi; what lies outside is counted at the ends. */
function histogram(data: ArrayLike<number>, lo: number, hi: number, keep: (v: number) => boolean): Float64Array {
  const counts = new Float64Array(bins);
  const scale = (bins - 1) / (hi - lo);
  for (let i = 0; i < data.length; i++) {
    const v = data[i];
    if (v - v === 0 && keep(v)) counts[Math.round((v - lo) * scale)]++;
  }
  return counts;
}

/** The value at 0-based rank `rank` (whole) of a histogram. */
function atRank(counts: Float64Array, rank: number, lo: number, hi: number): number {
  let seen = 0;
  for (let b = 0; b < bins; b++) {
    seen += counts[b];
    if (seen > rank) return lo + ((hi - lo) * b) / (bins - 1);
  }
  return hi;
}

/**
 * Percentiles by linear interpolation at q·(n − 1)/100, over the finite values that `keep` accepts (all by default), to
 * 1/65535 of their range; whole values within such a range are exact. NaN where there is no value.
 */
export function percentiles(
  data: ArrayLike<number>,
  q: readonly number[],
  keep: (v: number) => boolean = () => true,
): number[] {
  let [lo, hi, n] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < data.length; i++) {
    const v = data[i];
    if (v - v !== 0 || !keep(v)) continue;
    n++;
    if (v < lo) lo = v;
    if (v > hi) hi = v;
  }
  if (n === 0) return q.map(() => NaN);
  if (lo === hi) return q.map(() => lo);
  const whole = Number.isInteger(lo) && hi - lo < bins;
  const top = whole ? lo + bins - 1 : hi; // steps of exactly one
  const counts = histogram(data, lo, top, keep);
  return q.map((p) => {
    const rank = (Math.min(100, Math.max(0, p)) / 100) * (n - 1);
    const [below, above] = [atRank(counts, Math.floor(rank), lo, top), atRank(counts, Math.ceil(rank), lo, top)];
    return Math.min(hi, below + (above - below) * (rank - Math.floor(rank)));
  });
}
