import { numel } from '../tensor/shape';
import { threadsOf, tileCount, WORKGROUP_TILES, type WorkgroupTile } from './matmulTiles';

/** K below which a product is never cut, and the least K of a part: eight tiles, over which reading the first one ahead is spread. */
const LONG_K = 1024;
const LEAST_PART = 128;
/** Most parts, and most results of all parts: beyond, adding them up costs what was gained. */
const MOST_PARTS = 32;
const MOST_PARTIAL = 2 ** 22;
/**
 * Workgroups of 64 threads that fill a large GPU, whose size WebGPU does not tell: the largest have about 130 multiprocessors (an H200 132) of four
 * schedulers, and a scheduler wants four times 32 threads to have something to do while others wait. A smaller GPU takes them one after the other.
 */
const WANTED = 1024;

const tileOf = (side: 4 | 8) => WORKGROUP_TILES.filter((t) => t.side === side).at(-1)!;

/** Workgroups of 64 threads that the uncut product makes: of tiles of 8×8 results a thread, which read least, where they are filled. */
function groupsOf(shape: readonly number[]): number {
  const large = tileOf(8);
  const tile: WorkgroupTile = shape[2] > large.m / 2 && shape[3] > large.n / 2 ? large : tileOf(4);
  return (tileCount(shape, tile) * threadsOf(tile)) / 64;
}

/** Whether every part is a view of both operands: one batch axis takes the place of two. */
const cuttable = ([b1, b2]: readonly number[], k: number) => k >= LONG_K && Math.min(b1, b2) === 1;

/**
 * In how many parts K of a product [b1, b2, M, N] is best cut on a GPU, as guessed: 1 unless the results make less than half of the
 * threads that fill it and K is long. A divisor of K, so that every part is a view of the operands.
 */
export function splitOf(shape: readonly number[], k: number): number {
  const groups = groupsOf(shape);
  if (!cuttable(shape, k) || 2 * groups > WANTED) return 1;
  return divisor(k, Math.min(Math.ceil(WANTED / groups), MOST_PARTIAL / numel(shape)));
}

/** The largest divisor of K up to `most` whose parts are whole vectors, or any, and not too short. */
function divisor(k: number, most: number): number {
  const limit = Math.floor(Math.min(most, k / LEAST_PART, MOST_PARTS));
  for (let s = limit; s > 1; s--) if (k % s === 0 && (k / s) % 4 === 0) return s;
  for (let s = limit; s > 1; s--) if (k % s === 0) return s;
  return 1;
}

/** Numbers of parts that are worth measuring, the guess first; the guess alone where cutting cannot pay. */
export function splitChoices(shape: readonly number[], k: number): number[] {
  const guess = splitOf(shape, k);
  if (!cuttable(shape, k) || groupsOf(shape) > WANTED) return [guess];
  return [...new Set([guess, 1, ...[2, 4, guess / 2, 2 * guess].map((s) => divisor(k, s))])];
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
