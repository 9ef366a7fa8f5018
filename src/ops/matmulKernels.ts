import { type Attr, type Kernel, type KernelQuery, linearGrid, type Operand } from '../tensor/op';
import { numel } from '../tensor/shape';
import type { View } from '../tensor/view';

/** How the results of a batch lie in memory: of every `heads` products the rows side by side (1: one product after the other). */
export interface MatmulAttrs {
  readonly [key: string]: Attr;
  readonly heads: number;
}

/** What the kernels of a product are asked: operands [b1, b2, M, K] and [b1, b2, K, N]. */
export type Product = KernelQuery<MatmulAttrs>;

/** [b1, b2, M, N], however the result lies in memory. */
function extents({ ins: [a, b] }: Product): [number, number, number, number] {
  return [a.shape[0], a.shape[1], a.shape[2], b.shape[3]];
}

/** Tile of a workgroup, side of what one thread computes of it, and how much of K is in workgroup memory at a time. */
export interface WorkgroupTile {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly side: 4 | 8;
}

/** The workgroup tiles that are offered, largest first. All take at most 256 threads and 16 KiB: the limits of every device. */
export const WORKGROUP_TILES: readonly WorkgroupTile[] = [
  { m: 128, n: 128, k: 16, side: 8 },
  { m: 128, n: 64, k: 16, side: 8 },
  { m: 64, n: 64, k: 16, side: 8 },
  { m: 64, n: 64, k: 16, side: 4 },
  { m: 32, n: 64, k: 16, side: 4 },
  { m: 32, n: 32, k: 16, side: 4 },
];

/** Name of a tile's variant, e.g. `wg128x64k16`; the smaller results per thread are marked `r4` where a tile comes in both. */
export function tileName(t: WorkgroupTile): string {
  return `wg${t.m}x${t.n}k${t.k}${t.side === 4 ? 'r4' : ''}`;
}

/** On a GPU: products of fewer results than this, K not long, are bound by latency, which one thread per result hides best. */
const FEW_RESULTS = 2 ** 14;
const SHORT_K = 512;
/** Workgroups that a large GPU wants of a tile before a smaller tile uses it better (an H200 has 132 multiprocessors). */
const ENOUGH_GROUPS = 160;
/** Products of fewer multiplications than this are over before a tiled kernel would have compiled (20 ms against 300). */
const SMALL = 2 ** 18;

/**
 * Kernels of a product, best guess first. Software adapters: small products go to the plain kernel; narrow ones, which
 * leave most of a 16×16 tile idle, to the 8×8 tile. GPUs: the largest workgroup tile of which there are enough.
 */
export function matmulKernels(q: Product): Kernel[] {
  const [, , m, n] = extents(q);
  const work = numel(q.out.shape) * q.ins[0].shape[3];
  const naive = naiveKernel(q);
  const [tile8, subgroup4] = [tileKernel(q, 'tile8'), tileKernel(q, 'subgroup4')];
  // Below that size there is nothing to choose; nor do tests of other ops then compile them all.
  const groups = work < SMALL ? [] : WORKGROUP_TILES.map((t) => workgroupKernel(q, t));
  if (q.target && !q.target.software) return hardwareOrder(q, groups, tile8, naive);
  const tiles = m > 8 && n > 8 ? [subgroup4, tile8] : [tile8, subgroup4];
  return work < SMALL ? [naive, ...tiles] : [...tiles, ...groups, naive];
}

function hardwareOrder(q: Product, groups: Kernel[], tile8: Kernel, naive: Kernel): Kernel[] {
  const few = numel(q.out.shape) <= FEW_RESULTS && q.ins[0].shape[3] <= SHORT_K;
  if (few || !groups.length) return [naive, ...groups, tile8];
  const first = groups[WORKGROUP_TILES.indexOf(bestTile(extents(q)))];
  return [first, ...groups.filter((g) => g !== first), tile8, naive];
}

/** Larger ones are offered to tuning alone: on an H200 they were slower at 4096³ (0.91×) and at 1024³ (0.5×). */
const GUESSED_TILES = WORKGROUP_TILES.filter((t) => t.m * t.n <= 64 * 64);

/** The largest tile of which a product [b1, b2, M, N] fills enough without much of it lying beyond the edges; else the smallest. */
export function bestTile(shape: readonly number[]): WorkgroupTile {
  const [b1, b2, m, n] = shape;
  const found = GUESSED_TILES.find((t) => {
    const count = tileCount(shape, t);
    return count >= ENOUGH_GROUPS && count * t.m * t.n <= 1.5 * b1 * b2 * m * n;
  });
  return found ?? WORKGROUP_TILES[WORKGROUP_TILES.length - 1];
}

function tileCount([b1, b2, m, n]: readonly number[], t: WorkgroupTile): number {
  return b1 * b2 * Math.ceil(m / t.m) * Math.ceil(n / t.n);
}

/**
 * In how many parts K is best cut on a GPU: 1 unless the results make too few workgroups of the smallest tile and K is
 * long. A divisor of K, so that every part is a view of the operands.
 */
export function splitOf(shape: readonly number[], k: number): number {
  const groups = tileCount(shape, WORKGROUP_TILES[WORKGROUP_TILES.length - 1]);
  if (shape[0] * shape[1] > 1 || k < 2 * SHORT_K || 4 * groups > ENOUGH_GROUPS) return 1;
  const most = Math.min(Math.ceil(ENOUGH_GROUPS / groups), Math.floor(k / 64), 64);
  for (let s = most; s > 1; s--) if (k % s === 0 && (k / s) % 4 === 0) return s;
  for (let s = most; s > 1; s--) if (k % s === 0) return s;
  return 1;
}

/** Strides and extents as the kernels name them. Axes are b1, b2, row, column. */
function consts(q: Product): Record<string, number> {
  const [a, b] = q.ins.map((o) => o.view);
  const [, b2, m, n] = extents(q);
  return {
    M: m,
    N: n,
    K: a.shape[3],
    BATCH2: b2,
    HEADS: q.attrs.heads,
    ...strideConsts('A', a),
    ...strideConsts('B', b),
  };
}

function strideConsts(name: string, v: View): Record<string, number> {
  const s = v.strides;
  return {
    [`${name}_OFF`]: v.offset,
    [`${name}_B1`]: s[0],
    [`${name}_B2`]: s[1],
    [`${name}_ROW`]: s[2],
    [`${name}_COL`]: s[3],
  };
}

/** Can four neighbours along `axis` be read as one aligned vec4? */
function vec4Along(o: Operand, axis: number): boolean {
  const v = o.view;
  if (v.strides[axis] !== 1 || v.shape[axis] % 4 !== 0 || v.offset % 4 !== 0) return false;
  return v.strides.every((s, i) => i === axis || s % 4 === 0 || v.shape[i] === 1);
}

/** Rows of A along K, or columns of A along M (the "t" of tn); B along N, or along K (the "t" of nt). */
function layoutFlags(q: Product): string[] {
  const [a, b] = q.ins;
  return [
    ...(vec4Along(a, 3) ? ['A_VEC', 'A_VEC_K'] : vec4Along(a, 2) ? ['A_VEC', 'A_VEC_M'] : ['A_SCALAR']),
    ...(vec4Along(b, 3) ? ['B_VEC', 'B_VEC_N'] : vec4Along(b, 2) ? ['B_VEC', 'B_VEC_K'] : ['B_SCALAR']),
    ...(b.shape[3] % 4 === 0 ? ['C_VEC'] : []),
  ];
}

/** A tile per workgroup, operands through workgroup memory (see shaders/matmul/wgTile.wgsl). */
function workgroupKernel(q: Product, t: WorkgroupTile): Kernel {
  const [b1, b2] = extents(q);
  const threads = (t.m * t.n) / t.side ** 2;
  const blocks = ((t.m + t.n) * t.k) / 16;
  return {
    variant: tileName(t),
    file: `matmul/wg${t.side}.wgsl`,
    consts: { ...consts(q), BATCH: b1 * b2, TM: t.m, TN: t.n, TK: t.k },
    flags: [...layoutFlags(q), ...(blocks > threads ? ['TWICE'] : [])],
    grid: linearGrid(tileCount(extents(q), t), 1),
  };
}

/** 8×8 results per thread in named registers, operands straight from storage (see shaders/matmul/tile8.wgsl); or 16×16 per four lanes. */
function tileKernel(q: Product, variant: 'tile8' | 'subgroup4'): Kernel {
  const [b1, b2, m, n] = extents(q);
  const side = variant === 'tile8' ? 8 : 16;
  const threads = Math.ceil(n / side) * Math.ceil(m / side) * (variant === 'tile8' ? 1 : 4);
  return {
    variant,
    file: `matmul/${variant}.wgsl`,
    needs: variant === 'tile8' ? [] : ['subgroups', 'subgroup-size-4'],
    consts: { ...consts(q), BATCH: b1 * b2 },
    flags: layoutFlags(q),
    grid: linearGrid(threads * b1 * b2, 32),
  };
}

/** One thread per result: the oracle. */
function naiveKernel(q: Product): Kernel {
  const [b1, b2, m, n] = extents(q);
  return {
    variant: 'naive',
    file: 'matmul/naive.wgsl',
    consts: consts(q),
    grid: [Math.ceil(n / 8), Math.ceil(m / 8), b1 * b2],
  };
}
