import type { Attr, KernelQuery, Operand } from '../tensor/op';
import type { View } from '../tensor/view';

/** How the results of a batch lie in memory: of every `heads` products the rows side by side (1: one product after the other). */
export interface MatmulAttrs {
  readonly [key: string]: Attr;
  readonly heads: number;
}

/** What the kernels of a product are asked: operands [b1, b2, M, K] and [b1, b2, K, N]. */
export type Product = KernelQuery<MatmulAttrs>;

/** [b1, b2, M, N], however the result lies in memory. */
export function extents({ ins: [a, b] }: Product): [number, number, number, number] {
  return [a.shape[0], a.shape[1], a.shape[2], b.shape[3]];
}

/** Strides and extents as the kernels name them. Axes are b1, b2, row, column. */
export function productConsts(q: Product): Record<string, number> {
  const [a, b] = q.ins.map((o) => o.view);
  const [, b2, m, n] = extents(q);
  return {
    M: m,
    N: n,
    K: a.shape[3],
    BATCH2: b2,
    HEADS: q.attrs.heads,
    ...strideConsts('A', a),
    ...strideConsts('B', b),
  };
}

function strideConsts(name: string, v: View): Record<string, number> {
  const s = v.strides;
  return {
    [`${name}_OFF`]: v.offset,
    [`${name}_B1`]: s[0],
    [`${name}_B2`]: s[1],
    [`${name}_ROW`]: s[2],
    [`${name}_COL`]: s[3],
  };
}

/** Can four neighbours along `axis` be read as one aligned vec4? */
function vec4Along(o: Operand, axis: number): boolean {
  const v = o.view;
  if (v.strides[axis] !== 1 || v.shape[axis] % 4 !== 0 || v.offset % 4 !== 0) return false;
  return v.strides.every((s, i) => i === axis || s % 4 === 0 || v.shape[i] === 1);
}

/** Rows of A along K, or columns of A along M (the "t" of tn); B along N, or along K (the "t" of nt). */
export function layoutFlags(q: Product): string[] {
  const [a, b] = q.ins;
  return [
    ...(vec4Along(a, 3) ? ['A_VEC', 'A_VEC_K'] : vec4Along(a, 2) ? ['A_VEC', 'A_VEC_M'] : ['A_SCALAR']),
    ...(vec4Along(b, 3) ? ['B_VEC', 'B_VEC_N'] : vec4Along(b, 2) ? ['B_VEC', 'B_VEC_K'] : ['B_SCALAR']),
    ...(b.shape[3] % 4 === 0 ? ['C_VEC'] : []),
  ];
}
