import { defineOp, linearGrid } from '../tensor/op';
import { sameShape, showShape } from '../tensor/shape';
import { apply, type Tensor, whereIs } from '../tensor/tensor';
import { reshape, slice } from './view';

/** Numbers that say how one row is changed: see shaders/image/augment.wgsl. */
export const AUGMENT_LENGTH = 12;

const augmentOp = defineOp<{ readonly mean: readonly number[] }>({
  name: 'augment',
  infer: ([image]) => ({ shape: [image.shape[0], 4, image.shape[2], image.shape[3]], dtype: 'f32' }),
  vjp: ({ ins }) => ins.map(() => null),
  kernels: ({ ins: [image], attrs: { mean } }) => [
    {
      variant: 'naive',
      file: 'image/augment.wgsl',
      consts: { ROWS: image.shape[0], SIDE: image.shape[2], MEAN0: mean[0], MEAN1: mean[1], MEAN2: mean[2] },
      grid: linearGrid(image.shape[0] * image.shape[2] ** 2),
    },
  ],
  flops: ([image]) => 40 * image.shape[0] * image.shape[2] ** 2,
});

const warpOp = defineOp<{ readonly scale: number; readonly outside: number }>({
  name: 'warp',
  infer: ([x]) => ({ shape: x.shape, dtype: 'f32' }),
  vjp: ({ ins }) => ins.map(() => null),
  kernels: ({ ins: [x], attrs: { scale, outside } }) => [
    {
      variant: 'naive',
      file: 'image/warp.wgsl',
      consts: { ROWS: x.shape[0], SIDE: x.shape[1], SCALE: scale, OUTSIDE: outside },
      grid: linearGrid(x.shape[0] * x.shape[1] ** 2),
    },
  ],
});

function checkHow(name: string, how: Tensor, rows: number): void {
  if (!sameShape(how.shape, [rows, AUGMENT_LENGTH])) {
    throw new Error(`${whereIs(name)}: expected how [${rows},${AUGMENT_LENGTH}], got ${showShape(how.shape)}`);
  }
}

/**
 * Image [R, 3, S, S] in 0..255 and target [R, 1, S, S] changed alike, in one dispatch: moved by the affine maps in `how`
 * [R, 12], the image also in contrast, brightness and noise (its keys: u32 [R]). Where there is no image stand `mean` and −1.
 * No gradient: nothing below an input trains.
 */
export function augment(
  image: Tensor,
  target: Tensor,
  how: Tensor,
  keys: Tensor,
  mean: readonly number[],
): { readonly image: Tensor; readonly target: Tensor } {
  const [r, c, side, width] = image.shape;
  if (c !== 3 || side !== width || !sameShape(target.shape, [r, 1, side, side])) {
    throw new Error(
      `${whereIs('augment')}: expected an image [R,3,S,S] and a target [R,1,S,S], got ${showShape(image.shape)} and ${showShape(target.shape)}`,
    );
  }
  checkHow('augment', how, r);
  const both = apply(augmentOp, [image, target, how, keys], { mean });
  return { image: slice(both, 1, 0, 3), target: slice(both, 1, 3, 1) };
}

/** A map [R, 1, m, m] of the input, `scale` pixels an element, moved by the affine maps in `how`; `outside` beyond the image. */
export function warp(x: Tensor, how: Tensor, scale: number, outside: number): Tensor {
  const [r, c, side, width] = x.shape;
  if (c !== 1 || side !== width)
    throw new Error(`${whereIs('warp')}: expected a map [R,1,m,m], got ${showShape(x.shape)}`);
  checkHow('warp', how, r);
  return reshape(apply(warpOp, [reshape(x, [r, side, side]), how], { scale, outside }), x.shape);
}
