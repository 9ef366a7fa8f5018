import { defineOp, type Kernel, linearGrid, type Operand } from '../tensor/op';
import { numel } from '../tensor/shape';
import { apply, type Tensor } from '../tensor/tensor';
import { rowsOfVec4 } from '../tensor/view';
import { permute } from './view';

/** Attention over a handful of keys in one kernel: forward passes of the mask decoder, and tokens along the slices of a volume. */

/** Keys up to which one kernel takes the place of two products and a softmax between them. */
export const FEW_KEYS = 16;

/** What the kernel must know beyond its operands: sequences (b, group, head) with N queries, M keys of C and values of E channels. */
export interface FewExtents {
  readonly batch: number;
  readonly groups: number;
  readonly heads: number;
  readonly n: number;
  readonly m: number;
  readonly c: number;
  readonly e: number;
}

/** Strides (batch, token, group, head, channel) and offset of one operand, in elements. */
export interface FewStrides {
  readonly strides: readonly number[];
  readonly offset: number;
}

/** The kernel for q, k and v at `where`, result [B, N, groups, heads, E]; `vec` when all of it can be read as vec4. */
export function fewKernel(x: FewExtents, where: readonly FewStrides[], vec: boolean, scale: number): Kernel {
  const tiles = Math.ceil(x.n / 4);
  const sequences = x.batch * x.groups * x.heads;
  const sizes = { SEQUENCES: sequences, GROUPS: x.groups, HEADS: x.heads, N: x.n, M: x.m, C: x.c, E: x.e };
  const consts: Record<string, number> = { ...sizes, TILES: tiles, SCALE: scale };
  for (const [i, name] of ['Q', 'K', 'V'].entries()) {
    const { strides, offset } = where[i];
    consts[`${name}_OFF`] = offset;
    for (const [k, axis] of ['B', 'N', 'G', 'H', 'C'].entries()) consts[`${name}_${axis}`] = strides[k];
  }
  const flags = vec && x.c % 4 === 0 && x.e % 4 === 0 ? ['VEC'] : [];
  return { variant: 'few', file: 'attention/few.wgsl', consts, flags, grid: linearGrid(sequences * tiles) };
}

/** q [B, N, heads, d], k [B, M, heads, d], v [B, M, heads, e] → [B, N, heads, e], without a gradient: see `fewAttention`. */
const fewOp = defineOp<{ scale: number }>({
  name: 'fewAttention',
  infer: ([q, , v]) => ({ shape: [...q.shape.slice(0, 3), v.shape[3]], dtype: 'f32' }),
  strided: [0, 1, 2],
  kernels: ({ ins, attrs }) => {
    const [q, k, v] = ins;
    const [batch, n, heads, c] = q.shape;
    const x = { batch, groups: 1, heads, n, m: k.shape[1], c, e: v.shape[3] };
    const vec = ins.every((o) => rowsOfVec4(o.view));
    return [fewKernel(x, ins.map(ungrouped), vec, attrs.scale)];
  },
  flops: ([q, k, v]) => 2 * (numel(q.shape) + numel([...q.shape.slice(0, 3), v.shape[3]])) * k.shape[1],
});

function ungrouped({ view: { strides: s, offset } }: Operand): FewStrides {
  return { strides: [s[0], s[1], 0, s[2], s[3]], offset };
}

/**
 * softmax(scale · q·kᵀ) · v by one kernel that stores no scores: q [B, heads, N, d], k [B, heads, M, d], v [B, heads, M, e] →
 * [B, heads, N, e] as a view of token-major memory. Any sizes, meant for few keys. Forward only: a gradient reads the
 * probabilities, so `attention` asks for this where none is wanted.
 */
export function fewAttention(q: Tensor, k: Tensor, v: Tensor, scale: number): Tensor {
  const tokens = (x: Tensor) => permute(x, [0, 2, 1, 3]);
  return tokens(apply(fewOp, [q, k, v].map(tokens), { scale }));
}
