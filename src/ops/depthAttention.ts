import { defineOp, type Kernel, linearGrid } from '../tensor/op';
import { numel, type Shape, showShape } from '../tensor/shape';
import { apply, type Tensor, whereIs } from '../tensor/tensor';
import { fewKernel } from './fewAttention';
import { reshape, slice } from './view';

/**
 * Self-attention along the slices of volumes: very many short sequences. The kernels index a common qkv tensor
 * [B·D, N, 3, heads, d] in place, so neither transposed copies nor the B·N·heads·D² scores exist anywhere.
 */

/** Options of the ops: slices per volume, and the factor on q·k. */
type DepthAttrs = { readonly depth: number; readonly scale: number };

/** Three times the same qkv [B·D, N, 3, heads, d] → o [B·D, N, heads, d]. The gradient computes the probabilities again. */
const depthAttentionOp = defineOp<DepthAttrs>({
  name: 'depthAttention',
  infer: ([qkv]) => {
    const [rows, n, , heads, d] = qkv.shape;
    return { shape: [rows, n, heads, d], dtype: 'f32' };
  },
  kernels: ({ ins: [qkv], attrs: { depth, scale } }) => {
    const [rows, n, , heads, d] = qkv.shape;
    const extents = { batch: rows / depth, groups: n, heads, n: depth, m: depth, c: d, e: d };
    const slice = n * 3 * heads * d;
    const part = (i: number) => ({ strides: [depth * slice, slice, 3 * heads * d, d, 1], offset: i * heads * d });
    return [fewKernel(extents, [0, 1, 2].map(part), true, scale)];
  },
  flops: ([qkv], _, { depth }) => 4 * depth * (numel(qkv.shape) / 3),
  vjp: ({ ins: [qkv], dy, attrs }) => {
    const stats = apply(depthStatsOp, [qkv, dy], attrs);
    return [apply(depthGradOp, [qkv, dy, stats], attrs), null, null];
  },
});

/** (qkv, do) → per query log Σ exp of its scores and Σ_j p_ij · do_i·v_j: [B·N·heads·D, 2]. */
const depthStatsOp = defineOp<DepthAttrs>({
  name: 'depthAttention.stats',
  infer: ([qkv]) => ({ shape: [numel(qkv.shape) / 3 / qkv.shape[4], 2], dtype: 'f32' }),
  kernels: ({ ins: [qkv], attrs }) => kernels(['StatsTile4', 'Stats'], qkv.shape, attrs),
  flops: ([qkv], _, { depth }) => 4 * depth * (numel(qkv.shape) / 3),
});

/** (qkv, do, stats) → gradient of qkv, in its layout. */
const depthGradOp = defineOp<DepthAttrs>({
  name: 'depthAttention.grad',
  infer: ([qkv]) => ({ shape: qkv.shape, dtype: 'f32' }),
  kernels: ({ ins: [qkv], attrs }) => kernels(['GradTile4', 'Grad'], qkv.shape, attrs, [2, 3]),
  flops: ([qkv], _, { depth }) => 16 * depth * (numel(qkv.shape) / 3),
});

/**
 * The variant of four by four tokens where the head divides into fours, and the plain one, one thread per token; `times`
 * passes over the tokens each.
 */
function kernels(
  [tiled, plain]: readonly [string, string],
  shape: Shape,
  { depth, scale }: DepthAttrs,
  times: readonly [number, number] = [1, 1],
): Kernel[] {
  const [slices, n, , heads, d] = shape;
  const rows = slices * n * heads;
  const consts = { ROWS: rows, N: n, HEADS: heads, D: depth, C: d, SCALE: scale };
  const file = (name: string) => `attention/depth${name}.wgsl`;
  const naive = { variant: 'naive', file: file(plain), consts, grid: linearGrid(times[1] * rows) };
  if (d % 4 !== 0) return [naive];
  const tiles = Math.ceil(depth / 4);
  const grid = linearGrid((times[0] * rows * tiles) / depth);
  return [{ variant: 'tile4', file: file(tiled), consts: { ...consts, C: d / 4, TILES: tiles }, grid }, naive];
}

/**
 * Attention of each token with the tokens of its own volume at the same position and head: qkv [B·D, N, 3, heads, d] with
 * rows b·D + i → [B·D, N, heads, d], o_i = Σ_j softmax_j(scale · q_i·k_j) v_j over the `depth` = D slices (scale d^−½
 * unless given). With D = 1 it is v. Throws when D does not divide the rows.
 */
export function depthAttention(qkv: Tensor, depth: number, scale?: number): Tensor {
  const [rows, n, three, heads, d] = qkv.shape;
  const fits = qkv.shape.length === 5 && three === 3 && Number.isInteger(depth) && depth >= 1 && rows % depth === 0;
  if (!fits) {
    throw new Error(
      `${whereIs('depthAttention')}: expected qkv [B·D,N,3,heads,d] and D slices a volume, got ${showShape(qkv.shape)} and D = ${depth}; batches hold whole volumes`,
    );
  }
  if (depth === 1) return reshape(slice(qkv, 2, 2, 1), [rows, n, heads, d]);
  return apply(depthAttentionOp, [qkv, qkv, qkv], { depth, scale: scale ?? d ** -0.5 });
}
