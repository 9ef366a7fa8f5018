// Small float64 arrays for the references that tests compare the GPU with. Plain on purpose.
import { numel, type Shape, stridesOf } from '../../src/tensor/shape';

/** Row-major numbers in float64. */
export interface Array64 {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** An array whose element at `index` is `f(index)`. */
export function make64(shape: Shape, f: (...index: number[]) => number): Array64 {
  const strides = stridesOf(shape);
  const data = Float64Array.from({ length: numel(shape) }, (_, i) =>
    f(...strides.map((s, a) => Math.floor(i / s) % shape[a])),
  );
  return { shape, data };
}

/** Element at `index`; 0 where an index lies outside, as zero padding has it. */
export function at64(a: Array64, ...index: number[]): number {
  const { shape } = a;
  let i = 0;
  // The innermost loop of every reference: an iterator here made the tests of ops minutes longer.
  for (let axis = 0; axis < shape.length; axis++) {
    if (index[axis] < 0 || index[axis] >= shape[axis]) return 0;
    i = i * shape[axis] + index[axis];
  }
  return a.data[i];
}

/** `f` of each line along `axis` (of its values by position), computed once: asked by an index on the line. */
export function lines64<T>(a: Array64, axis: number, f: (value: (c: number) => number) => T): (index: number[]) => T {
  const strides = stridesOf(a.shape);
  const known = new Map<number, T>();
  return (index) => {
    let start = 0;
    for (let k = 0; k < strides.length; k++) if (k !== axis) start += index[k] * strides[k];
    const found = known.get(start) ?? f((c) => a.data[start + c * strides[axis]]);
    known.set(start, found);
    return found;
  };
}

/** Σ f(i) for i = 0 … n − 1. */
export function sum64(n: number, f: (i: number) => number): number {
  let s = 0;
  for (let i = 0; i < n; i++) s += f(i);
  return s;
}

/** The same elements under another shape. */
export function reshape64(a: Array64, shape: Shape): Array64 {
  return { shape, data: a.data };
}

/** Deterministic numbers in [low, high), different for every `seed`. */
export function noise(n: number, seed: number, low = -1, high = 1): number[] {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.fround(low + ((high - low) * (state >>> 8)) / 2 ** 24);
  });
}
