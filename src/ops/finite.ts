import { type Attrs, defineOp } from '../tensor/op';
import { apply, type Tensor } from '../tensor/tensor';

/**
 * Told by the bits of the exponent: comparisons with NaN are no safe ground, because WGSL lets a compiler assume that
 * there are none.
 */
const finiteOp = defineOp<Attrs>({
  name: 'finite',
  infer: ([x]) => ({ shape: x.shape, dtype: 'f32' }),
  expr: ([a]) => `select(1.0, 0.0, (bitcast<u32>(${a}) & 0x7f800000u) == 0x7f800000u)`,
});

/** 1 where x is a number, 0 where it is NaN or infinite; no gradient. */
export function finite(x: Tensor): Tensor {
  return apply(finiteOp, [x], {});
}
