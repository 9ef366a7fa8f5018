import { numel } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { matmul } from './matmul';
import { add, exp, mul, sub, scale as times } from './pointwise';
import { sum } from './reduce';
import { reshape, transpose } from './view';

/** What the gradient of attention is made of: operands, result, its gradient and log Σ exp of the scores [B, heads, N]. */
interface Parts {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  readonly rel: readonly Tensor[];
  readonly out: Tensor;
  readonly dout: Tensor;
  readonly lse: Tensor;
  readonly scale: number;
}

/**
 * The gradient as five matrix products: probabilities and their slopes are written in the epilogues of the first two and live
 * only until the other three have read them. Returns dq, dk, dv and, with relative positions, drelH and drelW.
 */
export function storedGradient({ q, k, v, rel, out, dout, lse, scale }: Parts): Tensor[] {
  const rows = (x: Tensor) => reshape(x, [...q.shape.slice(0, 3), 1]);
  const scores = times(matmul(q, transpose(k)), scale);
  const biased = rel.length ? add(scores, bias(rel, scores)) : scores;
  const p = exp(sub(biased, rows(lse)));
  const ds = mul(p, sub(matmul(dout, transpose(v)), sum(mul(dout, out), [3], true)));
  const dqkv = [times(matmul(ds, k), scale), times(matmul(transpose(ds), q), scale), matmul(transpose(p), dout)];
  if (!rel.length) return dqkv;
  const map = reshape(ds, [...rel[0].shape, rel[1].shape[4]]);
  return [...dqkv, sum(map, [5]), sum(map, [4])];
}

/** relH[.., kh] + relW[.., kw] as [B, heads, N, KH·KW]. */
function bias([h, w]: readonly Tensor[], scores: Tensor): Tensor {
  const spread = add(reshape(h, [...h.shape, 1]), reshape(w, [...w.shape.slice(0, 4), 1, w.shape[4]]));
  return reshape(spread, scores.shape);
}

/** Whether the terms belong to all keys. */
export function coversKeys(rel: readonly Tensor[], keys: number): boolean {
  return !rel.length || numel([rel[0].shape[4], rel[1].shape[4]]) === keys;
}
