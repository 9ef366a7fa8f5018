import { defineOp } from '../tensor/op';
import { apply, type Tensor } from '../tensor/tensor';

/** Largest finite number of 16 bits. */
export const HALF_MAX = 65504;

/** Two neighbours in one word, as WGSL's pack2x16float; written by a kernel of its own, read as f32 by all others. */
const halfOp = defineOp<{ infinite: boolean; positive: boolean }>({
  name: 'half',
  infer: ([x]) => ({ shape: x.shape, dtype: 'f16' }),
  expr: ([a]) => a,
  eager: true,
  vjp: ({ dy }) => [dy],
});

/**
 * x in half the memory: 11 significant bits, magnitudes from 6e-5 to 65504 (larger ones become that; below, bits get fewer, and some
 * devices make it 0). `positive`: what is above 0 stays so, for results whose gradient asks for no more.
 */
export function half(x: Tensor, positive = false): Tensor {
  return apply(halfOp, [x], { infinite: false, positive });
}

/** The same, but what is too large (and what is no number) becomes infinity: for gradients, where it has to be noticed. */
export function halfOrInfinity(x: Tensor): Tensor {
  return apply(halfOp, [x], { infinite: true, positive: false });
}

/** The same value, at no cost; the gradient that passes here is kept in 16 bits. */
const halfGradientOp = defineOp({
  name: 'halfGradient',
  infer: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  view: (chain) => chain,
  vjp: ({ dy }) => [dy.dtype === 'f16' ? dy : halfOrInfinity(dy)],
});

/** x; its gradient is stored in 16 bits from here on towards the input, infinite where it is beyond 65504. */
export function halfGradient(x: Tensor): Tensor {
  return apply(halfGradientOp, [x], {});
}

const wideOp = defineOp({
  name: 'wide',
  infer: ([x]) => ({ shape: x.shape, dtype: 'f32' }),
  expr: ([a]) => a,
  vjp: ({ dy }) => [dy],
});

/** x in 32 bits; x itself where it is. */
export function wide(x: Tensor): Tensor {
  return x.dtype === 'f16' ? apply(wideOp, [x], {}) : x;
}
