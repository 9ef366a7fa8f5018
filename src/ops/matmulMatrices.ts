import { type Kernel, linearGrid } from '../tensor/op';
import { extents, layoutFlags, type Product, productConsts } from './matmulProduct';
import { tileCount } from './matmulTiles';

/** A product that matrix units do: operands, extents of the result and of what is summed over. Sums are always f32. */
interface Unit {
  readonly part: 'f16' | 'f32';
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Those of NVIDIA and AMD, of Intel, of Apple. */
const UNITS: readonly Unit[] = [
  { part: 'f16', m: 16, n: 16, k: 16 },
  { part: 'f16', m: 8, n: 16, k: 16 },
  { part: 'f16', m: 8, n: 8, k: 8 },
  { part: 'f32', m: 8, n: 8, k: 8 },
];

/** Tile of a workgroup and how many subgroups of 32 threads share it, across and down. */
interface Tile {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly across: number;
  readonly down: number;
  readonly needs: readonly string[];
}

const TILES: readonly Tile[] = [
  { m: 128, n: 128, k: 32, across: 4, down: 2, needs: ['workgroup-32k'] },
  { m: 64, n: 64, k: 32, across: 2, down: 2, needs: [] },
];

/**
 * Kernels of a product on the matrix units of a GPU, for subgroups of exactly 32 threads. Units for f16 are offered where both
 * operands are stored in 16 bits, so that nothing is rounded that was not. Dawn has changed how it is told in which order a matrix
 * lies (an argument once, now a template parameter): each kernel comes in both forms, and one of them compiles.
 */
export function matrixKernels(q: Product): Kernel[] {
  const half = q.ins.every((o) => o.dtype === 'f16');
  return UNITS.filter((u) => half === (u.part === 'f16')).flatMap((u) =>
    TILES.flatMap((t) => [matrixKernel(q, u, t, false), matrixKernel(q, u, t, true)]),
  );
}

function matrixKernel(q: Product, u: Unit, t: Tile, byArgument: boolean): Kernel {
  const [b1, b2] = extents(q);
  const threads = t.across * t.down * 32;
  const blocks = ((t.m + t.n) * t.k) / 16;
  return {
    variant: `matrix${t.m}x${t.n}k${t.k}-${u.m}x${u.n}x${u.k}${u.part}${byArgument ? 'arg' : ''}`,
    file: 'matmul/matrices.wgsl',
    needs: [
      ...['subgroups', 'subgroup-size-32', `matrix-${u.part}-f32-${u.m}x${u.n}x${u.k}`],
      ...(u.part === 'f16' ? ['shader-f16'] : []),
      ...t.needs,
    ],
    consts: {
      ...productConsts(q),
      ...{ BATCH: b1 * b2, TM: t.m, TN: t.n, TK: t.k, SX: t.across, SY: t.down },
      ...{ RM: u.m, RN: u.n, RK: u.k, LANES: 32 },
    },
    flags: [
      ...layoutFlags(q),
      ...(blocks > threads ? ['TWICE'] : []),
      ...(u.part === 'f16' ? ['F16'] : []),
      ...(byArgument ? ['MAJOR_ARG'] : []),
    ],
    grid: linearGrid(tileCount(extents(q), t), 1),
  };
}
