import { defineOp, linearGrid } from '../tensor/op';
import { sameShape, showShape } from '../tensor/shape';
import { apply, type Tensor, whereIs } from '../tensor/tensor';
import { reshape, slice } from './view';

/** Numbers that say how one row is changed: see shaders/image/augment.wgsl. */
export const AUGMENT_LENGTH = 12;

const augmentOp = defineOp<{ readonly mean: readonly number[] }>({
  name: 'augment',
  infer: ([, target]) => ({ shape: [target.shape[0], 4, target.shape[2], target.shape[3]], dtype: 'f32' }),
  vjp: ({ ins }) => ins.map(() => null),
  kernels: ({ ins: [image, target], attrs: { mean } }) => {
    const [rows, , side] = target.shape;
    const means = { MEAN0: mean[0], MEAN1: mean[1], MEAN2: mean[2] };
    return [
      {
        variant: 'naive',
        file: 'image/augment.wgsl',
        consts: { ROWS: rows, SHARED: rows / image.shape[0], SIDE: side, ...means },
        grid: linearGrid(rows * side ** 2),
      },
    ];
  },
  flops: ([, target]) => 40 * target.shape[0] * target.shape[2] ** 2,
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
 * Images [I, 3, S, S] in 0..255 and targets [R, 1, S, S] changed alike, in one dispatch: moved by the affine maps in `how`
 * [R, 12], each image as the first of its R / I rows (all of which ought to move alike), also in contrast, brightness and noise (its keys: u32 [R]). Where there is no image stand `mean` and −1.
 * No gradient: nothing below an input trains.
 */
export function augment(
  image: Tensor,
  target: Tensor,
  how: Tensor,
  keys: Tensor,
  mean: readonly number[],
): { readonly image: Tensor; readonly target: Tensor } {
  const [images, c, side, width] = image.shape;
  const [rows] = target.shape;
  if (c !== 3 || side !== width || rows % images !== 0 || !sameShape(target.shape, [rows, 1, side, side])) {
    throw new Error(
      `${whereIs('augment')}: expected images [I,3,S,S] and targets [R,1,S,S], R a multiple of I, got ${showShape(image.shape)} and ${showShape(target.shape)}`,
    );
  }
  checkHow('augment', how, rows);
  const both = apply(augmentOp, [image, target, how, keys], { mean });
  // The image is computed in the first of its rows alone.
  const firsts = slice(reshape(both, [images, rows / images, 4, side, side]), 1, 0, 1);
  return { image: slice(reshape(firsts, [images, 4, side, side]), 1, 0, 3), target: slice(both, 1, 3, 1) };
}

/** A map [R, 1, m, m] of the input, `scale` pixels an element, moved by the affine maps in `how`; `outside` beyond the image. */
export function warp(x: Tensor, how: Tensor, scale: number, outside: number): Tensor {
  const [r, c, side, width] = x.shape;
  if (c !== 1 || side !== width)
    throw new Error(`${whereIs('warp')}: expected a map [R,1,m,m], got ${showShape(x.shape)}`);
  checkHow('warp', how, r);
  return reshape(apply(warpOp, [reshape(x, [r, side, side]), how], { scale, outside }), x.shape);
}
