import { defineOp } from '../tensor/op';
import { numel, showShape } from '../tensor/shape';
import { apply, type Tensor, whereIs } from '../tensor/tensor';
import { flashDkvOp, flashDqOp, flashStatsOp } from './flashGrad';
import { extents, type FlashAttrs, flashKernels, operand, relConsts } from './flashKernels';
import { coversKeys, storedGradient } from './flashStored';
import { permute, reshape, slice } from './view';

/** Attention that never stores its scores. Queries, keys and values are read in place through strides. */

/**
 * (q [B, heads, N, d], k [B, heads, M, d], v [B, heads, M, e], relH and relW [B, heads, QH, QW, KH and KW] or neither) →
 * [B, N, heads·e + L]: results of all heads, then the heads' log Σ exp of the scores in a block of L columns (see `rowOf`).
 * An op has one output; so the gradient finds the statistics where the forward pass had them at hand, tokens come out in
 * the order in which a projection reads them, and neither costs a dispatch.
 */
const flashOp = defineOp<FlashAttrs>({
  name: 'flash',
  exact: true,
  infer: ([q, , v]) => ({ shape: [q.shape[0], q.shape[2], rowOf(q.shape[1], v.shape[3])], dtype: 'f32' }),
  strided: [0, 1, 2, 3, 4],
  kernels: ({ ins: [q, k, v, ...rel], out, attrs, target }) => {
    const consts = { ...extents(q, k), ...operand('A', q), ...operand('B', k), ...operand('F', v) };
    const more = { E: v.shape[3], ROW: out.shape[2], SCALE: attrs.scale };
    return flashKernels('flash', [q, k, v], { ...consts, ...more, ...relConsts(rel) }, rel.length > 0, target);
  },
  flops: ([q, k, v]) => 2 * numel(q.shape) * k.shape[2] + 2 * (numel(q.shape) / q.shape[3]) * numel(v.shape.slice(2)),
  vjp: ({ ins: [q, k, v, ...rel], out, dy, attrs, need }) => {
    const [, heads, , d] = q.shape;
    const e = v.shape[3];
    const dout = headsOf(dy, heads, e);
    if (attrs.stored && coversKeys(rel, k.shape[2])) {
      const [o, lse] = [headsOf(out, heads, e), lseOf(out, heads, e)];
      return storedGradient({ q, k, v, rel, out: o, dout, lse, scale: attrs.scale });
    }
    const stats = apply(flashStatsOp, [headsOf(out, heads, e), dout, lseOf(out, heads, e)], {});
    const byQuery = need[0] || need[3] || need[4];
    const dq = byQuery ? apply(flashDqOp, [q, k, v, dout, stats, ...rel], attrs) : null;
    const dkv = need[1] || need[2] ? apply(flashDkvOp, [k, q, dout, v, stats, ...rel], attrs) : null;
    const bias = (i: 0 | 1, start: number) =>
      dq && need[3 + i]
        ? reshape(slice(dq, 3, start, rel[i].shape[4]), [q.shape[0], heads, ...rel[i].shape.slice(2)])
        : null;
    return [
      dq && need[0] ? slice(dq, 3, 0, d) : null,
      dkv && need[1] ? slice(dkv, 3, 0, d) : null,
      dkv && need[2] ? slice(dkv, 3, d, e) : null,
      ...(rel.length ? [bias(0, d), bias(1, d + rel[0].shape[4])] : []),
    ];
  },
});

/** Channels of a head that the kernels' registers hold. */
export const WIDEST = 80;

/** Columns of a token: the heads' results and a block for the heads' statistics, whole vectors where the results are. */
function rowOf(heads: number, e: number): number {
  return heads * e + ((heads * e) % 4 === 0 ? Math.ceil(heads / 4) * 4 : heads);
}

/** Results in [B, N, row] as [B, heads, N, e]; a view. */
function headsOf(x: Tensor, heads: number, e: number): Tensor {
  const results = slice(x, 2, 0, heads * e);
  return permute(reshape(results, [x.shape[0], x.shape[1], heads, e]), [0, 2, 1, 3]);
}

/** Statistics in [B, N, row] as [B, heads, N]; a view. */
function lseOf(x: Tensor, heads: number, e: number): Tensor {
  return permute(slice(x, 2, heads * e, heads), [0, 2, 1]);
}

/**
 * softmax(scale · q·kᵀ + rel) · v, q [B, heads, N, d], k [B, heads, M, d], v [B, heads, M, e], rel none or [relH, relW] as
 * [B, heads, QH, QW, KH and KW] → [B, heads, N, e] as a view of token-major memory. Throws for widths over 80. With `stored` the gradient
 * writes the probabilities for as long as it needs them (see `storedGradient`); keys beyond the map rule that out.
 */
export function flashAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { scale, rel = [], stored = false }: FlashOptions,
): Tensor {
  checkFlash(whereIs('flashAttention'), q, k, v, rel);
  return headsOf(apply(flashOp, [q, k, v, ...rel], { scale, stored }), q.shape[1], v.shape[3]);
}

function checkFlash(where: string, q: Tensor, k: Tensor, v: Tensor, rel: readonly Tensor[]): void {
  const width = Math.max(q.shape[3], v.shape[3]);
  if (width > WIDEST) {
    throw new Error(`${where}: heads of ${width} channels, the kernels hold ${WIDEST} at most; use the composed form`);
  }
  const fits = (r: Tensor) => r.shape.length === 5 && r.shape[2] * r.shape[3] === q.shape[2];
  const keys = rel.length ? rel[0].shape[4] * rel[1].shape[4] : 0;
  if (rel.every(fits) && keys <= k.shape[2]) return;
  const got = rel.map((r) => showShape(r.shape)).join(', ');
  throw new Error(
    `${where}: expected relH, relW [B,heads,QH,QW,KH and KW] with QH·QW = ${q.shape[2]} and KH·KW at most ${k.shape[2]}, got ${got}`,
  );
}

/** Of `flashAttention`. */
export interface FlashOptions {
  readonly scale: number;
  readonly rel?: readonly Tensor[];
  readonly stored?: boolean;
}
