import { normAxis, showShape } from '../tensor/shape';
import { constant, type Tensor, whereIs } from '../tensor/tensor';
import { argmax } from './indexing';
import { matmul } from './matmul';
import { equal, mul, scale, where } from './pointwise';
import { sum } from './reduce';
import { concat, permute, reshape } from './view';

/** Running sums and largest values in order, composed of other ops: for the short axes that models need them on. */

/** Sums of all elements up to each one along `axis`: a product with a triangle of ones. Source: torch.cumsum. */
export function cumsum(x: Tensor, axis: number): Tensor {
  const a = normAxis(whereIs('cumsum'), axis, x.shape.length);
  const n = x.shape[a];
  if (n > 4096) throw new Error(`${whereIs('cumsum')}: axis ${a} of ${showShape(x.shape)} is longer than 4096`);
  const triangle = constant(
    Float32Array.from({ length: n * n }, (_, i) => (Math.floor(i / n) <= i % n ? 1 : 0)),
    [n, n],
    'triangle',
  );
  const order = [...x.shape.map((_, i) => i).filter((i) => i !== a), a];
  const rows = permute(x, order);
  const summed = reshape(matmul(reshape(rows, [-1, n]), triangle), rows.shape);
  return permute(
    summed,
    order.map((_, i) => order.indexOf(i)),
  );
}

/** The k largest values along the last axis in falling order, and their positions as f32; among equals the first. Source: torch.topk. */
export function topk(x: Tensor, k: number): { readonly values: Tensor; readonly indices: Tensor } {
  const n = x.shape[x.shape.length - 1];
  if (!(k >= 1 && k <= n)) throw new Error(`${whereIs('topk')}: k ${k} is outside 1..${n}`);
  const ids = constant(
    Float32Array.from({ length: n }, (_, i) => i),
    [n],
    'positions',
  );
  const values: Tensor[] = [];
  const indices: Tensor[] = [];
  let rest = x;
  for (let i = 0; i < k; i++) {
    const at = reshape(argmax(rest), [...x.shape.slice(0, -1), 1]);
    const hit = equal(ids, at);
    values.push(sum(mul(hit, x), [-1], true));
    indices.push(scale(at, 1));
    rest = where(hit, constant([-3e38], [1], 'taken'), rest);
  }
  return { values: concat(values, -1), indices: concat(indices, -1) };
}
