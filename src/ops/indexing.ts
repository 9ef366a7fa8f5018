import { defineOp, type Kernel, linearGrid } from '../tensor/op';
import { normAxis, numel, showShape } from '../tensor/shape';
import { apply, constant, type Tensor, whereIs } from '../tensor/tensor';
import { extendChain, type View } from '../tensor/view';
import { permute, reshape } from './view';

/**
 * Reading by index: embedding, indexSelect, gather, argmax. An index is a u32 tensor or numbers known beforehand; its
 * gradient adds in the order of the index without atomics, so that two runs agree bit for bit.
 */

interface Extents {
  readonly [key: string]: number;
  /** Extent of the indexed axis. */
  readonly v: number;
}

function kernel(file: string, total: number, v: number, n: number, inner: number): Kernel[] {
  return [
    {
      variant: 'naive',
      file: `index/${file}.wgsl`,
      consts: { TOTAL: total, V: v, N: n, INNER: inner },
      grid: linearGrid(total),
    },
  ];
}

/** x [O, V, I], index [N][, order [N], starts [V + 1]] → [O, N, I]. */
const gatherRowsOp = defineOp<Record<string, never>>({
  name: 'gatherRows',
  infer: ([x, index]) => ({ shape: [x.shape[0], index.shape[0], x.shape[2]], dtype: 'f32' }),
  kernels: ({ ins: [x], out }) => kernel('gatherRows', numel(out.shape), x.shape[1], out.shape[1], out.shape[2]),
  vjp: ({ ins: [x, index], dy }) => {
    const v = x.shape[1];
    const known = index.leaf?.kind === 'constant' ? index.leaf.data : undefined;
    if (!known) return [apply(scatterRowsOp, [dy, index], { v }), null];
    const { order, starts } = segments(known, v);
    return [
      apply(segmentRowsOp, [dy, constant(order, [order.length], 'order'), constant(starts, [v + 1], 'starts')], { v }),
      null,
    ];
  },
});

/** (dy [O, N, I], index [N]) → [O, V, I]. */
const scatterRowsOp = defineOp<Extents>({
  name: 'gatherRows.dx',
  infer: ([dy], { v }) => ({ shape: [dy.shape[0], v, dy.shape[2]], dtype: 'f32' }),
  kernels: ({ ins: [dy], out }) => kernel('scatterRows', numel(out.shape), out.shape[1], dy.shape[1], out.shape[2]),
});

/** (dy [O, N, I], order [N], starts [V + 1]) → [O, V, I]: the same for an index whose order is known. */
const segmentRowsOp = defineOp<Extents>({
  name: 'gatherRows.dxKnown',
  infer: ([dy], { v }) => ({ shape: [dy.shape[0], v, dy.shape[2]], dtype: 'f32' }),
  kernels: ({ ins: [dy], out }) => kernel('segmentRows', numel(out.shape), out.shape[1], dy.shape[1], out.shape[2]),
});

/** x [O, V, I], index [O, N, I] → [O, N, I]. */
const gatherElementsOp = defineOp<Record<string, never>>({
  name: 'gatherElements',
  infer: ([, index]) => ({ shape: index.shape, dtype: 'f32' }),
  kernels: ({ ins: [x], out }) => kernel('gatherElements', numel(out.shape), x.shape[1], out.shape[1], out.shape[2]),
  vjp: ({ ins: [x, index], dy }) => [apply(scatterElementsOp, [dy, index], { v: x.shape[1] }), null],
});

/** (dy [O, N, I], index [O, N, I]) → [O, V, I]. */
const scatterElementsOp = defineOp<Extents>({
  name: 'gatherElements.dx',
  infer: ([dy], { v }) => ({ shape: [dy.shape[0], v, dy.shape[2]], dtype: 'f32' }),
  kernels: ({ ins: [dy], out }) => kernel('scatterElements', numel(out.shape), out.shape[1], dy.shape[1], out.shape[2]),
});

const argmaxOp = defineOp<Record<string, never>>({
  name: 'argmax',
  infer: ([x]) => ({ shape: [x.shape[0]], dtype: 'u32' }),
  kernels: ({ ins: [x], out }) => [
    {
      variant: 'naive',
      file: 'index/argmax.wgsl',
      consts: { ROWS: out.shape[0], C: x.shape[1] },
      grid: linearGrid(out.shape[0]),
    },
  ],
});

/** Rows L − 1 down to 0 of a [2n − 1, d] table seen as [n, n, d]: element (i, j) is row i − j + n − 1. */
const toeplitzOp = defineOp<{ n: number }>({
  name: 'toeplitz',
  infer: ([x], { n }) => ({ shape: [n, n, x.shape[1]], dtype: x.dtype }),
  view: (chain, { n }) =>
    extendChain(chain, (v): View | null => {
      if (v.mask) return null;
      const [row, column] = v.strides;
      return { shape: [n, n, v.shape[1]], strides: [row, -row, column], offset: v.offset + (n - 1) * row };
    }),
  vjp: ({ ins: [x], dy, attrs: { n } }) => {
    const { order, starts } = segments(toeplitzIndex(n), 2 * n - 1);
    const known = [constant(order, [n * n], 'order'), constant(starts, [2 * n], 'starts')];
    return [reshape(apply(segmentRowsOp, [reshape(dy, [1, n * n, x.shape[1]]), ...known], { v: 2 * n - 1 }), x.shape)];
  },
});

function toeplitzIndex(n: number): Uint32Array {
  return Uint32Array.from({ length: n * n }, (_, k) => Math.floor(k / n) - (k % n) + n - 1);
}

/** Positions of an index sorted by the row they name (stable), and where each row's positions begin. */
function segments(index: ArrayLike<number>, v: number): { order: Uint32Array; starts: Uint32Array } {
  const starts = new Uint32Array(v + 1);
  for (let n = 0; n < index.length; n++) starts[index[n] + 1]++;
  for (let r = 0; r < v; r++) starts[r + 1] += starts[r];
  const next = starts.slice();
  const order = new Uint32Array(index.length);
  for (let n = 0; n < index.length; n++) order[next[index[n]]++] = n;
  return { order, starts };
}

/** An index as a tensor; numbers are checked against the extent they point into. */
function indexTensor(where: string, index: Tensor | ArrayLike<number>, v: number): Tensor {
  if ('op' in index) {
    if (index.dtype === 'f32') throw new Error(`${where}: an index must have the type u32 or i32, got f32`);
    return index;
  }
  const data = Uint32Array.from(index);
  const bad = Array.prototype.findIndex.call(index, (n: number) => !Number.isInteger(n) || n < 0 || n >= v);
  if (bad >= 0) throw new Error(`${where}: index ${index[bad]} at position ${bad} is outside 0..${v - 1}`);
  return constant(data, [data.length], 'index');
}

/** Rows of a table [V, D] named by an index (numbers, or a u32 tensor of any shape): [...index, D]. Source: torch.embedding. */
export function embedding(table: Tensor, index: Tensor | ArrayLike<number>): Tensor {
  const where = whereIs('embedding');
  if (table.shape.length !== 2) throw new Error(`${where}: expected a table [V, D], got ${showShape(table.shape)}`);
  const [v, d] = table.shape;
  const at = indexTensor(where, index, v);
  const y = apply(gatherRowsOp, [reshape(table, [1, v, d]), reshape(at, [numel(at.shape)])], {});
  return reshape(y, [...at.shape, d]);
}

/** The slices of x along `axis` that a 1-D index names. An index of V or more in a u32 tensor gives zeros. Source: torch.index_select. */
export function indexSelect(x: Tensor, axis: number, index: Tensor | ArrayLike<number>): Tensor {
  const where = whereIs('indexSelect');
  const a = normAxis(where, axis, x.shape.length);
  const at = indexTensor(where, index, x.shape[a]);
  if (at.shape.length !== 1) throw new Error(`${where}: expected a 1-D index, got ${showShape(at.shape)}`);
  const flat = reshape(x, [numel(x.shape.slice(0, a)), x.shape[a], numel(x.shape.slice(a + 1))]);
  return reshape(
    apply(gatherRowsOp, [flat, at], {}),
    x.shape.map((d, i) => (i === a ? at.shape[0] : d)),
  );
}

/** y[.., n, ..] = x[.., index[.., n, ..], ..] along `axis`; index is a u32 tensor shaped as x elsewhere. Source: torch.gather. */
export function gather(x: Tensor, axis: number, index: Tensor): Tensor {
  const where = whereIs('gather');
  const a = normAxis(where, axis, x.shape.length);
  if (index.dtype === 'f32') throw new Error(`${where}: an index must have the type u32 or i32, got f32`);
  if (index.shape.length !== x.shape.length || index.shape.some((d, i) => i !== a && d !== x.shape[i])) {
    throw new Error(`${where}: index ${showShape(index.shape)} differs from x ${showShape(x.shape)} outside axis ${a}`);
  }
  const flat = (t: Tensor) => reshape(t, [numel(t.shape.slice(0, a)), t.shape[a], numel(t.shape.slice(a + 1))]);
  return reshape(apply(gatherElementsOp, [flat(x), flat(index)], {}), index.shape);
}

/** Position of the first largest value along `axis`, u32; no gradient. Source: torch.argmax. */
export function argmax(x: Tensor, axis = -1): Tensor {
  const a = normAxis(whereIs('argmax'), axis, x.shape.length);
  const rest = x.shape.map((_, i) => i).filter((i) => i !== a);
  const rows = reshape(permute(x, [...rest, a]), [-1, x.shape[a]]);
  return reshape(
    apply(argmaxOp, [rows], {}),
    rest.map((i) => x.shape[i]),
  );
}

/** A table [2n − 1, d] as [n, n, d] with row i − j + n − 1 at (i, j): a view, it costs no dispatch. */
export function toeplitzRows(table: Tensor, n: number): Tensor {
  if (table.shape.length !== 2 || table.shape[0] !== 2 * n - 1) {
    throw new Error(`${whereIs('toeplitzRows')}: expected a table [${2 * n - 1}, d], got ${showShape(table.shape)}`);
  }
  return apply(toeplitzOp, [table], { n });
}
