import { normAxis } from '../tensor/shape';
import { constant, type Tensor, whereIs } from '../tensor/tensor';
import { where } from './pointwise';
import { expand, pad, reshape, slice } from './view';

/** Views with steps and fill values, made of the plain ones. */

/** `count` elements from `start` on along `axis`, every `step`-th. Throws when the last lies outside. */
export function everyNth(x: Tensor, axis: number, start: number, count: number, step: number): Tensor {
  const a = normAxis(whereIs('everyNth'), axis, x.shape.length);
  if (step === 1) return slice(x, a, start, count);
  const reach = (count - 1) * step + 1;
  // The stretch is filled up to whole steps, cut into rows of `step`, and the first column taken.
  const whole = pad(
    slice(x, a, start, reach),
    x.shape.map((_, i) => [0, i === a ? step - 1 : 0]),
  );
  const rows = reshape(whole, [...x.shape.slice(0, a), count, step, ...x.shape.slice(a + 1)]);
  return reshape(
    slice(rows, a + 1, 0, 1),
    x.shape.map((d, i) => (i === a ? count : d)),
  );
}

/** As `pad`, with a number other than 0 around x. */
export function padWith(x: Tensor, pads: readonly (readonly number[])[], value: number): Tensor {
  const inside = pad(expand(constant([1], [1], 'inside'), x.shape), pads);
  return where(inside, pad(x, pads), constant([value], [1], 'around'));
}
