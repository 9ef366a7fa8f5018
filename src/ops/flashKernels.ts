import { type Kernel, linearGrid, type Operand } from '../tensor/op';
import type { View } from '../tensor/view';

/** What the kernels of flash attention share: constants from operands, and variants. */

/** Options of the ops: the factor on q·kᵀ. */
export type FlashAttrs = { readonly scale: number };

/** Extents of own rows (four a thread, sixteen a block) and of the others. */
export function extents(own: Operand, others: Operand): Record<string, number> {
  const [b, heads, n, d] = own.shape;
  return { BATCH: b, HEADS: heads, OWN: n, OTHERS: others.shape[2], D: d, BLOCKS: Math.ceil(n / 16) };
}

/** Strides of an operand [B, heads, rows, channels]. */
export function operand(name: string, { view: { strides: s, offset } }: Operand): Record<string, number> {
  return {
    [`${name}_OFF`]: offset,
    [`${name}_B`]: s[0],
    [`${name}_H`]: s[1],
    [`${name}_N`]: s[2],
    [`${name}_C`]: s[3],
  };
}

/** Strides and extents of relH and relW; nothing without them. */
export function relConsts(rel: readonly Operand[]): Record<string, number> {
  if (!rel.length) return {};
  const [h, w] = rel;
  const of = (name: string, { view: { strides: s, offset } }: Operand) => ({
    [`${name}_OFF`]: offset,
    [`${name}_B`]: s[0],
    [`${name}_H`]: s[1],
    [`${name}_Y`]: s[2],
    [`${name}_X`]: s[3],
    [`${name}_K`]: s[4],
  });
  return { QW: h.shape[3], KH: h.shape[4], KW: w.shape[4], ...of('H', h), ...of('W', w) };
}

/** A way to run the kernels: name, threads of a workgroup, flag, and features that it needs. */
interface FlashVariant {
  readonly variant: string;
  readonly group: number;
  readonly flags: readonly string[];
  readonly needs: readonly string[];
}

/** Best first: lanes of subgroups of four share their loads; every thread loads for itself. */
export const FLASH_VARIANTS: readonly FlashVariant[] = [
  { variant: 'subgroup4', group: 4, flags: ['SUBGROUP4'], needs: ['subgroups', 'subgroup-size-4'] },
  { variant: 'rows4', group: 32, flags: [], needs: [] },
];

/** All variants of a kernel; `vectors` are the operands that are read as vec4 where they all can be. */
export function flashKernels(
  file: string,
  vectors: readonly Operand[],
  consts: Record<string, number>,
  rel: boolean,
): Kernel[] {
  const flags = [...(vectors.every((o) => rowsOfVec4(o.view)) ? ['VEC'] : []), ...(rel ? ['REL'] : [])];
  const threads = consts.BATCH * consts.HEADS * consts.BLOCKS * 4;
  return FLASH_VARIANTS.map((v) => ({
    variant: v.variant,
    file: `attention/${file}.wgsl`,
    consts: { ...consts, GROUP: v.group },
    flags: [...flags, ...v.flags],
    needs: v.needs,
    grid: linearGrid(threads, v.group),
  }));
}

/** Are the rows along the last axis whole aligned vec4s? */
export function rowsOfVec4(v: View): boolean {
  const last = v.shape.length - 1;
  const aligned = v.strides.every((s, i) => i === last || s % 4 === 0 || v.shape[i] === 1);
  return v.strides[last] === 1 && v.shape[last] % 4 === 0 && v.offset % 4 === 0 && aligned;
}
