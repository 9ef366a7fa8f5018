import { type Kernel, linearGrid } from '../tensor/op';
import type { View } from '../tensor/view';
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
  readonly across: number;
  readonly down: number;
}

/** Through workgroup memory, any layout and size. */
const STAGED: Tile = { m: 64, n: 64, across: 2, down: 2 };
/** How much of K is in workgroup memory at a time. */
const STAGED_K = 32;
/** Straight from storage. */
const DIRECT: readonly Tile[] = [
  { m: 128, n: 128, across: 2, down: 2 },
  { m: 128, n: 128, across: 4, down: 2 },
  { m: 64, n: 64, across: 2, down: 2 },
];

/**
 * Kernels of a product on the matrix units of a GPU, for subgroups of exactly 32 threads. Units for f16 are offered where both
 * operands are stored in 16 bits, so that nothing is rounded that was not.
 */
export function matrixKernels(q: Product): Kernel[] {
  const half = q.ins.every((o) => o.dtype === 'f16');
  return UNITS.filter((u) => half === (u.part === 'f16')).flatMap((u) => [
    ...(half && isDirect(q, u) ? DIRECT.map((t) => directKernel(q, u, t)) : []),
    stagedKernel(q, u),
  ]);
}

/** Whether both operands consist of whole matrices that the units can load from where they lie: rows (or columns) of 16 bytes. */
function isDirect(q: Product, u: Unit): boolean {
  const [, , m, n] = extents(q);
  const k = q.ins[0].shape[3];
  if (m % u.m || n % u.n || k % u.k) return false;
  return q.ins.every(({ view: v }) => {
    const axis = unitAxis(v);
    return axis > 0 && v.offset % 8 === 0 && v.strides.every((s, i) => i === axis || s % 8 === 0);
  });
}

/** 3 where rows are consecutive, 2 where columns are, else -1. */
const unitAxis = (v: View) => (v.strides[3] === 1 ? 3 : v.strides[2] === 1 ? 2 : -1);

function directKernel(q: Product, u: Unit, t: Tile): Kernel {
  const [a, b] = q.ins.map((o) => unitAxis(o.view) === 3);
  const flags = [...layoutFlags(q).filter((f) => f === 'C_VEC'), ...(a ? ['A_ROWS'] : []), ...(b ? ['B_ROWS'] : [])];
  return matrixKernel(q, u, t, { name: `direct${t.across * t.down}`, consts: {}, flags: ['DIRECT', ...flags] });
}

function stagedKernel(q: Product, u: Unit): Kernel {
  const t = STAGED;
  const twice = ((t.m + t.n) * STAGED_K) / 16 > t.across * t.down * 32;
  const flags = [...layoutFlags(q), ...(twice ? ['TWICE'] : [])];
  return matrixKernel(q, u, t, { name: 'staged', consts: { TK: STAGED_K }, flags });
}

interface Form {
  readonly name: string;
  readonly consts: Readonly<Record<string, number>>;
  readonly flags: readonly string[];
}

function matrixKernel(q: Product, u: Unit, t: Tile, form: Form): Kernel {
  const [b1, b2] = extents(q);
  return {
    variant: `matrix${t.m}x${t.n}${form.name}-${u.part}-${u.m}x${u.n}x${u.k}`,
    file: 'matmul/matrices.wgsl',
    needs: [
      ...['subgroups', 'subgroup-size-32', `matrix-${u.part}-f32-${u.m}x${u.n}x${u.k}`],
      ...(u.part === 'f16' ? ['shader-f16'] : []),
    ],
    consts: {
      ...productConsts(q),
      ...{ BATCH: b1 * b2, TM: t.m, TN: t.n, SX: t.across, SY: t.down },
      ...{ RM: u.m, RN: u.n, RK: u.k, LANES: 32 },
      ...form.consts,
    },
    flags: [...form.flags, ...(u.part === 'f16' ? ['F16'] : [])],
    grid: linearGrid(tileCount(extents(q), t), 1),
  };
}
