import { BYTES, bytesPerElement } from '../tensor/shape';
import type { Tensor } from '../tensor/tensor';
import { type Chain, identityView, isContiguous, type View } from '../tensor/view';

/** A tensor as read out of a computed one: the base that owns memory, and the views in between. */
export interface Source {
  readonly base: Tensor;
  readonly chain: Chain;
}

/** Resolves view ops: which computed tensor or leaf stands behind `t`, and how it is read. */
export function sourceOf(t: Tensor, cache: Map<Tensor, Source>): Source {
  const found = cache.get(t);
  if (found) return found;
  const path: Tensor[] = [];
  let at = t;
  while (at.op.view && !cache.has(at)) {
    path.push(at);
    at = at.inputs[0];
  }
  let source = cache.get(at) ?? { base: at, chain: [identityView(at.shape)] };
  cache.set(at, source);
  for (const v of path.reverse()) {
    source = { base: source.base, chain: v.op.view!(source.chain, v.attrs) };
    cache.set(v, source);
  }
  return source;
}

/** True when the chain reads the whole base in order: only the shape's name differs. */
export function isWhole(source: Source): boolean {
  const [v] = source.chain;
  if (source.chain.length > 1 || v.offset !== 0 || !isContiguous(v)) return false;
  return v.shape.reduce((n, d) => n * d, 1) === source.base.shape.reduce((n, d) => n * d, 1);
}

/** Elements that the offset of a binding of `base` must be a multiple of, where those of four bytes need `align`. */
export function alignOf(base: Tensor, align: number): number {
  return (align * BYTES) / bytesPerElement(base.dtype);
}

/**
 * Splits a view into a binding offset (in elements, a multiple of `align`, so that it can be bound without being known
 * to the shader: equal layers then share one pipeline) and what remains.
 */
export function splitOffset(v: View, align: number): { bind: number; view: View } {
  if (v.offset < align || v.mask || v.strides.some((s) => s < 0)) return { bind: 0, view: v };
  const bind = Math.floor(v.offset / align) * align;
  return { bind, view: { ...v, offset: v.offset - bind } };
}
