import { ENOUGH_GROUPS, tileCount, WORKGROUP_TILES } from './matmulTiles';

/** K below which a product is never cut, and the least K of a part. */
const LONG_K = 1024;
const LEAST_PART = 64;
/** Most parts: beyond, adding them up costs what was gained. */
const MOST_PARTS = 64;

const groupsOf = (shape: readonly number[]) => tileCount(shape, WORKGROUP_TILES[WORKGROUP_TILES.length - 1]);

/**
 * In how many parts K of a product [b1, b2, M, N] is best cut on a GPU, as guessed: 1 unless the results make too few workgroups
 * of the smallest tile and K is long. A divisor of K, so that every part is a view of the operands.
 */
export function splitOf(shape: readonly number[], k: number): number {
  const groups = groupsOf(shape);
  if (shape[0] * shape[1] > 1 || k < LONG_K || 4 * groups > ENOUGH_GROUPS) return 1;
  return divisor(k, Math.ceil(ENOUGH_GROUPS / groups));
}

/** The largest divisor of K up to `most` whose parts are whole vectors, or any, and not too short. */
function divisor(k: number, most: number): number {
  const limit = Math.min(most, Math.floor(k / LEAST_PART), MOST_PARTS);
  for (let s = limit; s > 1; s--) if (k % s === 0 && (k / s) % 4 === 0) return s;
  for (let s = limit; s > 1; s--) if (k % s === 0) return s;
  return 1;
}

/** Numbers of parts that are worth measuring, the guess first; the guess alone where cutting cannot pay. */
export function splitChoices(shape: readonly number[], k: number): number[] {
  const guess = splitOf(shape, k);
  // As many workgroups of the smallest tile as keep a large GPU busy twice over: nothing is gained by more of them.
  if (shape[0] * shape[1] > 1 || k < LONG_K || groupsOf(shape) > 2 * ENOUGH_GROUPS) return [guess];
  return [...new Set([guess, 1, ...[2, 4, guess / 2, 2 * guess].map((s) => divisor(k, Math.floor(s)))])];
}

/** Name of the question in how many parts K is cut; `a` and `b` say whether the operands lie transposed in memory. */
export function splitName(m: number, k: number, n: number, a: 'n' | 't', b: 'n' | 't'): string {
  return `split ${m}×${k}·${k}×${n} ${a}${b}`;
}

/** What `splitName` made into a name; null for other texts. */
export function readSplit(name: string): { m: number; k: number; n: number; a: 'n' | 't'; b: 'n' | 't' } | null {
  const found = name.match(/^split (\d+)×(\d+)·\2×(\d+) ([nt])([nt])$/);
  if (!found) return null;
  const [m, k, n] = found.slice(1, 4).map(Number);
  return { m, k, n, a: found[4] as 'n' | 't', b: found[5] as 'n' | 't' };
}
