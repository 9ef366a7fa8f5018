import { type Kernel, linearGrid } from '../tensor/op';
import { extents, layoutFlags, type Product, productConsts } from './matmulProduct';

/** Tile of a workgroup, rows of what one thread computes of it (4×4, 8×8 or 16×8), and how much of K is in workgroup memory at a time. */
export interface WorkgroupTile {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly side: 4 | 8 | 16;
  /** Threads of a row side by side instead of interleaved. */
  readonly plain?: true;
}

/** Workgroups that a large GPU wants of a tile before a smaller tile uses it better (an H200 has 132 multiprocessors). */
export const ENOUGH_GROUPS = 160;

/**
 * The workgroup tiles that are offered, largest first: 256 threads at most, and 16 KiB of workgroup memory but for the largest. Threads of
 * 16×8 results read least of it; those of 8×8 were as fast interleaved or faster, those of 16×8 have only been measured side by side.
 */
export const WORKGROUP_TILES: readonly WorkgroupTile[] = [
  { m: 128, n: 128, k: 16, side: 16, plain: true },
  { m: 64, n: 64, k: 16, side: 8 },
  { m: 64, n: 64, k: 16, side: 4 },
  { m: 32, n: 64, k: 16, side: 4 },
  { m: 32, n: 32, k: 16, side: 4 },
];

/** Name of a tile's variant, e.g. `wg64x64k16`; rows per thread are in it (`r4`, `r16`) where they are not eight. */
export function tileName(t: WorkgroupTile): string {
  return `wg${t.m}x${t.n}k${t.k}${t.side === 8 ? '' : `r${t.side}`}`;
}

/** Threads of a tile's workgroup. */
export function threadsOf({ m, n, side }: WorkgroupTile): number {
  return (m * n) / (side * Math.min(side, 8));
}

/** How many tiles of m×n results a product [b1, b2, M, N] takes. */
export function tileCount([b1, b2, m, n]: readonly number[], t: { readonly m: number; readonly n: number }): number {
  return b1 * b2 * Math.ceil(m / t.m) * Math.ceil(n / t.n);
}

/** A tile per workgroup, operands through workgroup memory (see shaders/matmul/wgTile.wgsl). */
export function workgroupKernel(q: Product, t: WorkgroupTile): Kernel {
  const [b1, b2] = extents(q);
  const threads = threadsOf(t);
  const blocks = ((t.m + t.n) * t.k) / 16;
  const bytes = (t.m + t.n + 8) * t.k * 4;
  return {
    variant: tileName(t),
    file: `matmul/wg${t.side}.wgsl`,
    needs: bytes > 16384 ? ['workgroup-32k'] : [],
    consts: { ...productConsts(q), BATCH: b1 * b2, TM: t.m, TN: t.n, TK: t.k, GROUP: 8 },
    flags: [...layoutFlags(q), ...(blocks > threads ? ['TWICE'] : []), ...(t.plain ? ['PLAIN'] : [])],
    grid: linearGrid(tileCount(extents(q), t), 1),
  };
}
