import { type Attrs, defineOp } from '../tensor/op';
import { sameShape, showShape } from '../tensor/shape';
import { apply, type Tensor, whereIs } from '../tensor/tensor';
import { addScalar } from './pointwise';
import { reshape, slice } from './view';

/** The click and the working memory of each row: 4 + 2·S² words. */
const nextClickOp = defineOp<Attrs>({
  name: 'nextClick',
  infer: ([x]) => ({ shape: [x.shape[0], 4 + 2 * x.shape[1] * x.shape[2]], dtype: 'u32' }),
  vjp: ({ ins }) => ins.map(() => null),
  kernels: ({ ins }) => [
    {
      variant: 'naive',
      file: 'image/nextClick.wgsl',
      consts: { SIDE: ins[0].shape[1] },
      flags: ins.length > 2 ? ['RANDOM'] : [],
      grid: [ins[0].shape[0], 1, 1],
    },
  ],
});

/** Correcting clicks: points [R, 1, 2] as x, y and labels [R, 1]: 1 missed, 0 wrongly in it, −1 no error (then the point is 0, 0). */
export interface Clicks {
  readonly points: Tensor;
  readonly labels: Tensor;
}

/**
 * The click that corrects each row best: in the largest 8-connected component of its errors (missed and wrong pixels apart),
 * the pixel farthest from the component's outside, or with `keys` (u32 [R]) a random pixel of it. Logits [R, S, S], object
 * where above 0; target likewise: 1 object, 0 not, −1 does not count. Exact, with the ties of `train/metrics/nextClick`, and
 * found without leaving the GPU. No gradient.
 */
export function nextClick(logits: Tensor, target: Tensor, keys?: Tensor): Clicks {
  const [r, side, width] = logits.shape;
  if (logits.shape.length !== 3 || side !== width || !sameShape(logits.shape, target.shape)) {
    throw new Error(
      `${whereIs('nextClick')}: expected logits and target [R,S,S], got ${showShape(logits.shape)} and ${showShape(target.shape)}`,
    );
  }
  if (keys && (keys.dtype !== 'u32' || !sameShape(keys.shape, [r]))) {
    throw new Error(`${whereIs('nextClick')}: expected keys u32 [${r}], got ${keys.dtype} ${showShape(keys.shape)}`);
  }
  const found = apply(nextClickOp, keys ? [logits, target, keys] : [logits, target], {});
  const kind = slice(found, 1, 2, 1);
  return {
    points: addScalar(reshape(slice(found, 1, 0, 2), [r, 1, 2]), 0),
    labels: addScalar(kind, -1),
  };
}
