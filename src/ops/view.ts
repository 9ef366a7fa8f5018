import { type Attrs, defineOp, type Op } from '../tensor/op';
import { normAxis, numel, type Shape, sameShape, showShape } from '../tensor/shape';
import { apply, type Tensor, whereIs } from '../tensor/tensor';
import { expandView, extendChain, padView, permuteView, reshapeView, sliceView, type View } from '../tensor/view';
import { add } from './pointwise';
import { sumTo } from './reduce';

/**
 * Ops that only rename elements: reshape, permute, slice, pad with zeros, expand. They cost no dispatch; whoever reads
 * the result computes the index. Everything made of them (concat, windows, split, roll) is a plain function.
 */
function viewOp<A extends Attrs>(
  name: string,
  shape: (x: Tensor, attrs: A) => Shape,
  view: (v: View, attrs: A) => View | null,
  vjp: (dy: Tensor, x: Tensor, attrs: A) => Tensor,
): Op<A> {
  return defineOp<A>({
    name,
    infer: ([x], attrs) => ({ shape: shape(x, attrs), dtype: x.dtype }),
    view: (chain, attrs) => extendChain(chain, (v) => view(v, attrs)),
    vjp: ({ dy, ins, attrs }) => [vjp(dy, ins[0], attrs)],
  });
}

const reshapeOp = viewOp<{ shape: readonly number[] }>(
  'reshape',
  (_, a) => a.shape,
  (v, a) => reshapeView(v, a.shape),
  (dy, x) => reshape(dy, x.shape),
);
const permuteOp = viewOp<{ order: readonly number[] }>(
  'permute',
  (x, a) => a.order.map((i) => x.shape[i]),
  (v, a) => permuteView(v, a.order),
  (dy, _, a) =>
    permute(
      dy,
      a.order.map((_, i) => a.order.indexOf(i)),
    ),
);
const sliceOp = viewOp<{ axis: number; start: number; length: number }>(
  'slice',
  (x, a) => x.shape.map((d, i) => (i === a.axis ? a.length : d)),
  (v, a) => sliceView(v, a.axis, a.start, a.length),
  (dy, x, a) =>
    pad(
      dy,
      x.shape.map((d, i) => (i === a.axis ? [a.start, d - a.start - a.length] : [0, 0])),
    ),
);
const padOp = viewOp<{ before: readonly number[]; after: readonly number[] }>(
  'pad',
  (x, a) => x.shape.map((d, i) => d + a.before[i] + a.after[i]),
  (v, a) => padView(v, a.before, a.after),
  (dy, x, a) => a.before.reduce((t, start, axis) => slice(t, axis, start, x.shape[axis]), dy),
);
const expandOp = viewOp<{ shape: readonly number[] }>(
  'expand',
  (_, a) => a.shape,
  (v, a) => expandView(v, a.shape),
  (dy, x) => sumTo(dy, x.shape),
);
const flipOp = viewOp<{ axis: number }>(
  'flip',
  (x) => x.shape,
  (v, a) => sliceView(v, a.axis, v.shape[a.axis] - 1, v.shape[a.axis], -1),
  (dy, _, a) => flip(dy, a.axis),
);

/** The same elements under `shape`; one extent may be -1. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const at = shape.indexOf(-1);
  const known = shape.reduce((n, d) => (d === -1 ? n : n * d), 1);
  const full = at < 0 ? shape : shape.map((d) => (d === -1 ? numel(x.shape) / known : d));
  if (numel(full) !== numel(x.shape) || full.some((d) => !Number.isInteger(d))) {
    throw new Error(
      `${whereIs('reshape')}: ${showShape(x.shape)} has ${numel(x.shape)} elements, ${showShape(shape)} asks for another number`,
    );
  }
  if (sameShape(full, x.shape)) return x;
  if (x.op === (reshapeOp as unknown as Op)) return reshape(x.inputs[0], full);
  return apply(reshapeOp, [x], { shape: full });
}

/** Axis i of the result is axis `order[i]` of x. */
export function permute(x: Tensor, order: readonly number[]): Tensor {
  if (order.length !== x.shape.length || order.some((_, i) => !order.includes(i))) {
    throw new Error(
      `${whereIs('permute')}: order [${order}] is not a permutation of the ${x.shape.length} axes of ${showShape(x.shape)}`,
    );
  }
  return order.every((a, i) => a === i) ? x : apply(permuteOp, [x], { order });
}

/** Swaps the last two axes. */
export function transpose(x: Tensor): Tensor {
  const r = x.shape.length;
  return permute(x, [...Array(r - 2).keys(), r - 1, r - 2]);
}

/** `length` elements from `start` on along `axis`. */
export function slice(x: Tensor, axis: number, start: number, length: number): Tensor {
  const a = normAxis(whereIs('slice'), axis, x.shape.length);
  if (start < 0 || length < 1 || start + length > x.shape[a]) {
    throw new Error(`${whereIs('slice')}: ${start}..${start + length} is outside axis ${a} of ${showShape(x.shape)}`);
  }
  return length === x.shape[a] ? x : apply(sliceOp, [x], { axis: a, start, length });
}

/** Zeros around x: `pads[i] = [before, after]` for axis i. */
export function pad(x: Tensor, pads: readonly (readonly number[])[]): Tensor {
  if (pads.length !== x.shape.length || pads.some((p) => p.some((n) => n < 0))) {
    throw new Error(
      `${whereIs('pad')}: expected ${x.shape.length} pairs of non-negative numbers, got ${JSON.stringify(pads)}`,
    );
  }
  if (pads.every((p) => p[0] === 0 && p[1] === 0)) return x;
  return apply(padOp, [x], { before: pads.map((p) => p[0]), after: pads.map((p) => p[1]) });
}

/** Repeats extent-1 axes (and adds leading ones) until x has `shape`. */
export function expand(x: Tensor, shape: Shape): Tensor {
  const y =
    x.shape.length < shape.length ? reshape(x, [...Array(shape.length - x.shape.length).fill(1), ...x.shape]) : x;
  if (y.shape.length !== shape.length || y.shape.some((d, i) => d !== 1 && d !== shape[i])) {
    throw new Error(`${whereIs('expand')}: ${showShape(x.shape)} does not expand to ${showShape(shape)}`);
  }
  return sameShape(y.shape, shape) ? y : apply(expandOp, [y], { shape });
}

/** Reverses `axis`. */
export function flip(x: Tensor, axis: number): Tensor {
  return apply(flipOp, [x], { axis: normAxis(whereIs('flip'), axis, x.shape.length) });
}

/** Joins tensors along `axis`: a sum of zero-padded views, which the plan fuses into one dispatch. */
export function concat(xs: readonly Tensor[], axis: number): Tensor {
  const a = normAxis(whereIs('concat'), axis, xs[0].shape.length);
  const total = xs.reduce((n, x) => n + x.shape[a], 0);
  let at = 0;
  const parts = xs.map((x) => {
    if (x.shape.length !== xs[0].shape.length || x.shape.some((d, i) => i !== a && d !== xs[0].shape[i])) {
      throw new Error(`${whereIs('concat')}: ${xs.map((t) => showShape(t.shape)).join(', ')} differ outside axis ${a}`);
    }
    const padded = pad(
      x,
      x.shape.map((d, i) => (i === a ? [at, total - at - d] : [0, 0])),
    );
    at += x.shape[a];
    return padded;
  });
  return parts.reduce((s, p) => add(s, p));
}

/** Cuts x into `n` equal parts along `axis`. */
export function split(x: Tensor, n: number, axis: number): Tensor[] {
  const a = normAxis(whereIs('split'), axis, x.shape.length);
  if (x.shape[a] % n !== 0)
    throw new Error(`${whereIs('split')}: axis ${a} of ${showShape(x.shape)} does not divide into ${n}`);
  const length = x.shape[a] / n;
  return Array.from({ length: n }, (_, i) => slice(x, a, i * length, length));
}

/** Cyclic shift by `shift` along `axis`, as torch.roll. */
export function roll(x: Tensor, shift: number, axis: number): Tensor {
  const a = normAxis(whereIs('roll'), axis, x.shape.length);
  const n = x.shape[a];
  const s = ((shift % n) + n) % n;
  return s === 0 ? x : concat([slice(x, a, n - s, s), slice(x, a, 0, n - s)], a);
}
