import { type Attrs, defineOp } from '../tensor/op';
import { apply, type Tensor } from '../tensor/tensor';

/** Largest finite number of 16 bits; what lies beyond is stored as this. */
export const HALF_MAX = 65504;

/** Two neighbours in one word, as WGSL's pack2x16float; written by a kernel of its own, read as f32 by all others. */
const halfOp = defineOp<Attrs>({
  name: 'half',
  infer: ([x]) => ({ shape: x.shape, dtype: 'f16' }),
  expr: ([a]) => a,
  eager: true,
  vjp: ({ dy }) => [dy],
});

/** x in half the memory: 11 significant bits, magnitudes from 6e-8 to 65504 (larger ones become that). */
export function half(x: Tensor): Tensor {
  return apply(halfOp, [x], {});
}
