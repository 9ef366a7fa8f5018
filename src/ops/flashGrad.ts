import { defineOp, type KernelQuery, linearGrid, type Operand } from '../tensor/op';
import { numel } from '../tensor/shape';
import { extents, type FlashAttrs, flashKernels, operand, relConsts } from './flashKernels';

/** The gradient of flash attention: three ops that compute the probabilities again from the rows' log Σ exp. */

/** (o, do [B, heads, N, e], lse [B, heads, N]) → (lse, Σ_c do·o) of every query, [B, heads, N, 2]. */
export const flashStatsOp = defineOp<Record<string, never>>({
  name: 'flash.stats',
  exact: true,
  infer: ([o]) => ({ shape: [...o.shape.slice(0, 3), 2], dtype: 'f32' }),
  strided: [0, 1, 2],
  kernels: ({ ins: [o, g, lse] }) => {
    const [b, heads, n, e] = o.shape;
    const { L_C: _, ...last } = operand('L', lse);
    const consts = { ROWS: b * heads * n, HEADS: heads, N: n, E: e, ...operand('O', o), ...operand('G', g), ...last };
    return [{ variant: 'row', file: 'attention/flashStats.wgsl', consts, grid: linearGrid(b * heads * n) }];
  },
  flops: ([o]) => 2 * numel(o.shape),
});

/** (q, k, v, do, stats, relH, relW) → columns dq, drelH, drelW: [B, heads, N, d + KH + KW] and up to three more. */
export const flashDqOp = defineOp<FlashAttrs>({
  name: 'flash.dq',
  infer: ([q, , , , , relH, relW]) => {
    const d = q.shape[3];
    const columns = relH ? d + relH.shape[4] + relW.shape[4] : d;
    return { shape: [...q.shape.slice(0, 3), d % 4 ? columns : Math.ceil(columns / 4) * 4], dtype: 'f32' };
  },
  strided: [0, 1, 2, 3, 5, 6],
  kernels: (query) => {
    const [q, k, v, g] = query.ins;
    return kernels('flashDq', { own: q, others: k, ofOwn: g, ofOthers: v }, query);
  },
  flops: ([q, k, v]) => (4 * q.shape[3] + 2 * v.shape[3]) * pairs(q, k),
});

/** (k, q, do, v, stats, relH, relW) → columns dk, dv: [B, heads, M, d + e]. */
export const flashDkvOp = defineOp<FlashAttrs>({
  name: 'flash.dkv',
  infer: ([k, , , v]) => ({ shape: [...k.shape.slice(0, 3), k.shape[3] + v.shape[3]], dtype: 'f32' }),
  strided: [0, 1, 2, 3, 5, 6],
  kernels: (query) => {
    const [k, q, g, v] = query.ins;
    return kernels('flashDkv', { own: k, others: q, ofOwn: v, ofOthers: g }, query);
  },
  flops: ([k, q, , v]) => 4 * (k.shape[3] + v.shape[3]) * pairs(k, q),
});

/** Rows of the two products that make scores and their gradient. */
interface Roles {
  readonly own: Operand;
  readonly others: Operand;
  readonly ofOwn: Operand;
  readonly ofOthers: Operand;
}

function kernels(
  file: string,
  { own, others, ofOwn, ofOthers }: Roles,
  { ins, out, attrs, target }: KernelQuery<FlashAttrs>,
) {
  const consts = {
    ...extents(own, others),
    ...operand('A', own),
    ...operand('B', others),
    ...operand('X', ofOwn),
    ...operand('F', ofOthers),
    ...relConsts(ins.slice(5)),
    E: ofOwn.shape[3],
    ROW: out.shape[3],
    SCALE: attrs.scale,
  };
  return flashKernels(file, ins.slice(0, 4), consts, ins.length > 5, target);
}

function pairs(own: { readonly shape: readonly number[] }, others: { readonly shape: readonly number[] }): number {
  return numel(own.shape.slice(0, 3)) * others.shape[2];
}
