import { type Kernel, linearGrid } from '../tensor/op';
import { numel } from '../tensor/shape';
import { matrixKernels } from './matmulMatrices';
import { extents, layoutFlags, type Product, productConsts } from './matmulProduct';
import { ENOUGH_GROUPS, tileCount, WORKGROUP_TILES, type WorkgroupTile, workgroupKernel } from './matmulTiles';

/** On a GPU: products of fewer results than this, K not long, are bound by latency, which one thread per result hides best. */
const FEW_RESULTS = 2 ** 14;
const SHORT_K = 512;
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
  const more = work < SMALL ? [] : matrixKernels(q);
  if (q.target && !q.target.software) return hardwareOrder(q, groups, [...more, subgroup4, tile8], naive);
  const tiles = m > 8 && n > 8 ? [subgroup4, tile8] : [tile8, subgroup4];
  return work < SMALL ? [naive, ...tiles] : [...tiles, ...groups, naive];
}

function hardwareOrder(q: Product, groups: Kernel[], more: Kernel[], naive: Kernel): Kernel[] {
  const few = numel(q.out.shape) <= FEW_RESULTS && q.ins[0].shape[3] <= SHORT_K;
  if (few || !groups.length) return [naive, ...groups, ...more];
  const first = groups[WORKGROUP_TILES.indexOf(bestTile(extents(q)))];
  return [first, ...groups.filter((g) => g !== first), ...more, naive];
}

/**
 * An H200 takes 264 of the largest tile at a time, and the last round is seldom full: there 768 of them were faster than the next smaller
 * tile (38.6 against 34.8 TFLOP/s), 702 as fast, 192 slower (29.4 against 34.5).
 */
const ENOUGH_LARGE = 720;

/** The largest tile of which a product [b1, b2, M, N] fills enough without much of it lying beyond the edges; else the smallest. */
export function bestTile(shape: readonly number[]): WorkgroupTile {
  const [b1, b2, m, n] = shape;
  const found = WORKGROUP_TILES.find((t) => {
    const count = tileCount(shape, t);
    return count >= (t.m === 128 ? ENOUGH_LARGE : ENOUGH_GROUPS) && count * t.m * t.n <= 1.5 * b1 * b2 * m * n;
  });
  return found ?? WORKGROUP_TILES[WORKGROUP_TILES.length - 1];
}

/** What shaders/matmul/subgroup4.wgsl reads at run time, in its order. */
const PARAMS = [
  ...(['M', 'N', 'K', 'BATCH', 'BATCH2', 'HEADS'] as const),
  ...(['A_OFF', 'A_B1', 'A_B2', 'A_ROW', 'A_COL', 'B_OFF', 'B_B1', 'B_B2', 'B_ROW', 'B_COL'] as const),
];

/** 8×8 results per thread in named registers, operands straight from storage (see shaders/matmul/tile8.wgsl); or 16×16 per four lanes, of subgroups of any size. */
function tileKernel(q: Product, variant: 'tile8' | 'subgroup4'): Kernel {
  const [b1, b2, m, n] = extents(q);
  const side = variant === 'tile8' ? 8 : 16;
  const consts: Record<string, number> = { ...productConsts(q), BATCH: b1 * b2 };
  const threads = Math.ceil(n / side) * Math.ceil(m / side) * (variant === 'tile8' ? 1 : 4);
  return {
    variant,
    file: `matmul/${variant}.wgsl`,
    ...(variant === 'tile8' ? { consts } : { needs: ['subgroups'], params: PARAMS.map((k) => consts[k]) }),
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
    consts: productConsts(q),
    grid: [Math.ceil(n / 8), Math.ceil(m / 8), b1 * b2],
  };
}
