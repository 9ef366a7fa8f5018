import { type Kernel, linearGrid, type Operand, type Target } from '../tensor/op';
import { rowsOfVec4 } from '../tensor/view';

/** What the kernels of flash attention share: constants from operands, and variants. */

/** Options of the ops: the factor on q·kᵀ, and whether the gradient may store probabilities for a while. */
export type FlashAttrs = { readonly scale: number; readonly stored: boolean };

/** Extents of own rows and of the others. */
export function extents(own: Operand, others: Operand): Record<string, number> {
  const [b, heads, n, d] = own.shape;
  return { BATCH: b, HEADS: heads, OWN: n, OTHERS: others.shape[2], D: d };
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

/** A way to run the kernels: how its files end, own rows of a block, its threads, those of a workgroup, and features needed. */
interface FlashVariant {
  readonly variant: string;
  readonly file: string;
  readonly block: number;
  readonly threads: number;
  readonly group: number;
  readonly flags: readonly string[];
  readonly needs: readonly string[];
}

const rows4 = { variant: 'rows4', file: '', block: 16, threads: 4, group: 32, flags: [], needs: [] };
const four = { group: 4, flags: ['SUBGROUP4'], needs: ['subgroups', 'subgroup-size-4'] };

/**
 * Lanes of subgroups of four share what they load (software adapters); tiles pass through workgroup memory; every thread
 * loads for itself. In the order of how good they are on a GPU; without one the last two change places.
 */
export const FLASH_VARIANTS: readonly FlashVariant[] = [
  { ...rows4, variant: 'subgroup4', ...four },
  { ...rows4, variant: 'workgroup', file: 'Wg', block: 64, threads: 128, group: 128 },
  rows4,
];

/** All variants of a kernel; `vectors` are the operands that are read as vec4 where they all can be. */
export function flashKernels(
  file: string,
  vectors: readonly Operand[],
  consts: Record<string, number>,
  rel: boolean,
  target?: Target,
): Kernel[] {
  const flags = [...(vectors.every((o) => rowsOfVec4(o.view)) ? ['VEC'] : []), ...(rel ? ['REL'] : [])];
  const [lanes, tiles, plain] = FLASH_VARIANTS;
  return (target?.software === false ? FLASH_VARIANTS : [lanes, plain, tiles]).map((v) => {
    const blocks = Math.ceil(consts.OWN / v.block);
    return {
      variant: v.variant,
      file: `attention/${file}${v.file}.wgsl`,
      consts: { ...consts, BLOCKS: blocks, ...(v.file ? {} : { GROUP: v.group }) },
      flags: [...flags, ...v.flags],
      needs: v.needs,
      grid: linearGrid(consts.BATCH * consts.HEADS * blocks * v.threads, v.group),
    };
  });
}
