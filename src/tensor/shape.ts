/**
 * Shapes are plain arrays of positive integers, row-major. This file knows nothing of graphs or GPUs.
 */

/** Extents of a tensor, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/**
 * Storage types of a tensor on the GPU. Indices are `u32`; everything computed is `f32`; `f16` is a copy kept in half the
 * memory, which kernels read as f32.
 */
export type DType = 'f32' | 'f16' | 'u32' | 'i32';

/** Bytes of one element of every type but `f16`. */
export const BYTES = 4;

/** Bytes of one element of a storage type. */
export function bytesPerElement(dtype: DType): number {
  return dtype === 'f16' ? 2 : BYTES;
}

/** Bytes of a tensor, in whole words. */
export function bytesOf({ shape, dtype }: { readonly shape: Shape; readonly dtype: DType }): number {
  return Math.ceil((numel(shape) * bytesPerElement(dtype)) / BYTES) * BYTES;
}

/** Number of elements of `shape` (1 for a scalar). */
export function numel(shape: Shape): number {
  let n = 1;
  for (const d of shape) n *= d;
  return n;
}

/** Row-major strides of a contiguous tensor, in elements. */
export function stridesOf(shape: Shape): number[] {
  const s = new Array<number>(shape.length);
  let n = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    s[i] = n;
    n *= shape[i];
  }
  return s;
}

/** True when both shapes have the same extents. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}

/** `[2,3]` as text, for messages. */
export function showShape(shape: Shape): string {
  return `[${shape.join(',')}]`;
}

/** NumPy broadcasting of several shapes; throws with `where` when two extents differ and neither is 1. */
export function broadcastShapes(where: string, ...shapes: Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  const out = new Array<number>(rank).fill(1);
  for (const s of shapes) {
    for (let i = 0; i < s.length; i++) {
      const k = rank - s.length + i;
      if (s[i] === 1 || s[i] === out[k]) continue;
      if (out[k] !== 1) {
        throw new Error(
          `${where}: shapes ${shapes.map(showShape).join(' and ')} do not broadcast (axis ${k - rank}: ${out[k]} against ${s[i]})`,
        );
      }
      out[k] = s[i];
    }
  }
  return out;
}

/** Axis in 0..rank-1 for a possibly negative `axis`; throws with `where` when it lies outside. */
export function normAxis(where: string, axis: number, rank: number): number {
  const a = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(a) || a < 0 || a >= rank)
    throw new Error(`${where}: axis ${axis} is outside a tensor of rank ${rank}`);
  return a;
}

/** Throws unless every extent is a positive safe integer. */
export function checkShape(where: string, shape: Shape): void {
  for (const d of shape) {
    if (!Number.isSafeInteger(d) || d < 1)
      throw new Error(`${where}: shape ${showShape(shape)} has the extent ${d}; expected positive integers`);
  }
}
