import { numel, type Shape, sameShape, stridesOf } from './shape';

/**
 * A view says how a logical tensor is read out of another one without copying it: strides, an offset, and a mask for
 * padding. Views chain (`Chain`), so reshape, permute, slice, pad and expand never cost a dispatch of their own: the
 * kernel that reads the tensor computes the index. This file is pure arithmetic.
 */
export interface View {
  readonly shape: Shape;
  /** Elements to step in the source per step of each axis; 0 repeats, negative flips. */
  readonly strides: readonly number[];
  readonly offset: number;
  /** Per axis the half-open range of valid coordinates; outside it the value is 0. Absent: all valid. */
  readonly mask?: readonly (readonly [number, number])[];
}

/** Views applied one after the other: the last one is what the consumer sees, the first one reads the base buffer. */
export type Chain = readonly View[];

/** The view of a contiguous tensor of `shape`. */
export function identityView(shape: Shape): View {
  return { shape, strides: stridesOf(shape), offset: 0 };
}

/** True when the view reads its elements in order from `offset` on, without gaps (extent-1 axes aside). */
export function isContiguous(v: View): boolean {
  if (v.mask) return false;
  const want = stridesOf(v.shape);
  return v.shape.every((d, i) => d === 1 || v.strides[i] === want[i]);
}

/** Elements of the source that the view can touch, each once: repeated axes add none (overlapping windows count twice). */
export function touchedBy(v: View): number {
  return v.shape.reduce((n, d, i) => (v.strides[i] === 0 ? n : n * d), 1);
}

/** True when the rows along the last axis are whole aligned vec4s: kernels can then read four elements at a time. */
export function rowsOfVec4(v: View): boolean {
  const last = v.shape.length - 1;
  const aligned = v.strides.every((s, i) => i === last || s % 4 === 0 || v.shape[i] === 1);
  return v.strides[last] === 1 && v.shape[last] % 4 === 0 && v.offset % 4 === 0 && aligned;
}

/** Reorders axes: axis i of the result is axis `order[i]` of `v`. */
export function permuteView(v: View, order: readonly number[]): View {
  return {
    shape: order.map((i) => v.shape[i]),
    strides: order.map((i) => v.strides[i]),
    offset: v.offset,
    mask: v.mask && order.map((i) => v.mask![i]),
  };
}

/** Takes `length` elements from `start` on along `axis`, every `step`-th (step may be negative). */
export function sliceView(v: View, axis: number, start: number, length: number, step = 1): View {
  const shape = v.shape.slice();
  shape[axis] = length;
  const strides = v.strides.map((s, i) => (i === axis ? s * step : s));
  const offset = v.offset + start * v.strides[axis];
  if (!v.mask) return { shape, strides, offset };
  const mask = v.mask.map((m) => [m[0], m[1]] as [number, number]);
  const [lo, hi] = mask[axis];
  if (step > 0) mask[axis] = [ceilDiv(lo - start, step), ceilDiv(hi - start, step)];
  else mask[axis] = [ceilDiv(start - hi + 1, -step), ceilDiv(start - lo + 1, -step)];
  mask[axis] = [Math.max(0, mask[axis][0]), Math.min(length, mask[axis][1])];
  // A slice that leaves all padding out is a plain view again.
  return mask.every(([a, z], i) => a <= 0 && z >= shape[i])
    ? { shape, strides, offset }
    : { shape, strides, offset, mask };
}

/** Adds `before[i]` and `after[i]` zeros on axis i. */
export function padView(v: View, before: readonly number[], after: readonly number[]): View {
  const shape = v.shape.map((d, i) => d + before[i] + after[i]);
  const mask = v.shape.map((d, i) => {
    const m = v.mask ? v.mask[i] : [0, d];
    return [m[0] + before[i], m[1] + before[i]] as const;
  });
  const offset = v.offset - before.reduce((o, b, i) => o + b * v.strides[i], 0);
  return { shape, strides: v.strides, offset, mask };
}

/** Repeats extent-1 axes up to `shape` (same rank). */
export function expandView(v: View, shape: Shape): View {
  const grown = shape.map((d, i) => d !== v.shape[i]);
  return {
    shape,
    strides: v.strides.map((s, i) => (grown[i] ? 0 : s)),
    offset: v.offset,
    // A masked extent-1 axis is either wholly valid or wholly not; both survive the repetition.
    mask: v.mask?.map((m, i) => (grown[i] ? (m[0] <= 0 && m[1] >= 1 ? [0, shape[i]] : [0, 0]) : m)) as View['mask'],
  };
}

/** The same elements under another shape, or null when strides or mask do not allow it without a copy. */
export function reshapeView(v: View, shape: Shape): View | null {
  if (sameShape(v.shape, shape)) return v;
  if (isContiguous(v)) return { ...identityView(shape), offset: v.offset };
  if (v.mask) return reshapeOnes(v, shape);
  // Walk both shapes from the right in groups of equal product; inside a group the source must be mergeable.
  const strides = new Array<number>(shape.length).fill(0);
  let i = v.shape.length - 1;
  let j = shape.length - 1;
  while (i >= 0 || j >= 0) {
    while (i >= 0 && v.shape[i] === 1) i--;
    if (i < 0) {
      for (; j >= 0; j--) if (shape[j] !== 1) return null;
      break;
    }
    const stride = v.strides[i];
    let have = v.shape[i];
    let want = 1;
    const jEnd = j;
    while (j >= 0 && want < have) want *= shape[j--];
    while (want !== have) {
      if (want > have) {
        i--;
        while (i >= 0 && v.shape[i] === 1) i--;
        if (i < 0 || v.strides[i] !== stride * have) return null;
        have *= v.shape[i];
      } else {
        if (j < 0) return null;
        want *= shape[j--];
      }
    }
    i--;
    for (let k = jEnd, s = stride; k > j; k--) {
      strides[k] = s;
      s *= shape[k];
    }
  }
  return { shape, strides, offset: v.offset };
}

/** Reshape of a masked view that only adds or drops extent-1 axes. */
function reshapeOnes(v: View, shape: Shape): View | null {
  const keep = v.shape.map((_, i) => i).filter((i) => v.shape[i] !== 1);
  const dropped = v.shape.map((_, i) => i).filter((i) => v.shape[i] === 1);
  if (dropped.some((i) => v.mask![i][0] > 0 || v.mask![i][1] < 1)) return null;
  const target = shape.filter((d) => d !== 1);
  if (
    !sameShape(
      target,
      keep.map((i) => v.shape[i]),
    )
  )
    return null;
  let k = 0;
  const from = shape.map((d) => (d === 1 ? -1 : keep[k++]));
  return {
    shape,
    strides: from.map((i) => (i < 0 ? 0 : v.strides[i])),
    offset: v.offset,
    mask: from.map((i) => (i < 0 ? ([0, 1] as const) : v.mask![i])),
  };
}

/** Applies `f` to the last view of a chain, adding a new link when `f` cannot express the result as one view. */
export function extendChain(chain: Chain, f: (v: View) => View | null): Chain {
  const last = chain[chain.length - 1];
  const v = f(last);
  if (v) return [...chain.slice(0, -1), v];
  const w = f(identityView(last.shape));
  if (!w) throw new Error('view: a contiguous tensor must accept every view operation');
  return [...chain, w];
}

/** Source index of logical element `i`, or -1 where the mask says zero. The reference for the generated WGSL. */
export function chainIndex(chain: Chain, i: number): number {
  let index = i;
  for (let k = chain.length - 1; k >= 0; k--) {
    const v = chain[k];
    let rest = index;
    let at = v.offset;
    for (let a = v.shape.length - 1; a >= 0; a--) {
      const c = rest % v.shape[a];
      rest = Math.floor(rest / v.shape[a]);
      if (v.mask && (c < v.mask[a][0] || c >= v.mask[a][1])) return -1;
      at += c * v.strides[a];
    }
    index = at;
  }
  return index;
}

/** Elements of the logical tensor. */
export function chainNumel(chain: Chain): number {
  return numel(chain[chain.length - 1].shape);
}

function ceilDiv(a: number, b: number): number {
  return Math.ceil(a / b);
}
