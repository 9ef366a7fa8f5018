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

/** The variant for subgroups of four lanes, which share their loads, and the one for all devices. */
export function flashKernels(
  file: string,
  vectors: readonly Operand[],
  consts: Record<string, number>,
  rel: boolean,
): Kernel[] {
  const flags = [...(vectors.every((o) => rowsOfVec4(o.view)) ? ['VEC'] : []), ...(rel ? ['REL'] : [])];
  const threads = consts.BATCH * consts.HEADS * consts.BLOCKS * 4;
  const kernel = (variant: string, group: number, more: readonly string[], needs: readonly string[]): Kernel => ({
    variant,
    file: `attention/${file}.wgsl`,
    consts: { ...consts, GROUP: group },
    flags: [...flags, ...more],
    needs,
    grid: linearGrid(threads, group),
  });
  const four = kernel('subgroup4', 4, ['SUBGROUP4'], ['subgroups', 'subgroup-size-4']);
  return [four, kernel('rows4', 32, [], [])];
}

/** Are the rows along the last axis whole aligned vec4s? */
export function rowsOfVec4(v: View): boolean {
  const last = v.shape.length - 1;
  const aligned = v.strides.every((s, i) => i === last || s % 4 === 0 || v.shape[i] === 1);
  return v.strides[last] === 1 && v.shape[last] % 4 === 0 && v.offset % 4 === 0 && aligned;
}
