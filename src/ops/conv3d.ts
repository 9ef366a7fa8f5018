import { showShape } from '../tensor/shape';
import { type Tensor, whereIs } from '../tensor/tensor';
import { conv2d } from './conv2d';
import { matmul } from './matmul';
import { add } from './pointwise';
import { everyNth } from './strided';
import { pad, permute, reshape, slice, transpose } from './view';

/** Options of `conv3d`, the same in all three directions. */
export interface Conv3dOptions {
  readonly stride?: number;
  readonly padding?: number;
}

/**
 * Convolution of x [B, C, D, H, W] with w [O, C, kd, kh, kw] and bias [O] or null, as the sum of kd convolutions of
 * slices: correct and with all gradients, not yet one kernel. Source: torch.nn.functional.conv3d.
 */
export function conv3d(x: Tensor, w: Tensor, b: Tensor | null, options: Conv3dOptions = {}): Tensor {
  const { stride = 1, padding = 0 } = options;
  if (x.shape.length !== 5 || w.shape.length !== 5 || w.shape[1] !== x.shape[1]) {
    throw new Error(
      `${whereIs('conv3d')}: expected x [B,C,D,H,W] and w [O,C,kd,kh,kw], got ${showShape(x.shape)} and ${showShape(w.shape)}`,
    );
  }
  const [n, c, , h, width] = x.shape;
  const [o, , kd, kh, kw] = w.shape;
  const deep = pad(x, [
    [0, 0],
    [0, 0],
    [padding, padding],
    [0, 0],
    [0, 0],
  ]);
  const depth = Math.floor((deep.shape[2] - kd) / stride) + 1;
  if (depth < 1)
    throw new Error(`${whereIs('conv3d')}: the kernel ${showShape(w.shape)} is deeper than x ${showShape(x.shape)}`);
  const terms = Array.from({ length: kd }, (_, k) => {
    const slices = permute(everyNth(deep, 2, k, depth, stride), [0, 2, 1, 3, 4]);
    const plane = reshape(slice(w, 2, k, 1), [o, c, kh, kw]);
    return conv2d(reshape(slices, [n * depth, c, h, width]), plane, k === 0 ? b : null, { stride, padding });
  });
  const y = terms.reduce((s, t) => add(s, t));
  return permute(reshape(y, [n, depth, o, ...y.shape.slice(2)]), [0, 2, 1, 3, 4]);
}

/**
 * Transposed convolution of x [B, C, D, H, W] with w [C, O, k, k, k], bias [O] or null and stride k: every voxel makes its
 * own cube, by one matrix product seen through a view. Throws for other strides. Source: torch.nn.functional.conv_transpose3d.
 */
export function convTranspose3d(x: Tensor, w: Tensor, b: Tensor | null, options: { readonly stride: number }): Tensor {
  const [n, c, d, h, width] = x.shape;
  const [, o, ...kernel] = w.shape;
  if (x.shape.length !== 5 || w.shape[0] !== c || kernel.length !== 3 || kernel.some((k) => k !== options.stride)) {
    const got = `${showShape(x.shape)}, ${showShape(w.shape)}, stride ${options.stride}`;
    throw new Error(
      `${whereIs('convTranspose3d')}: expected x [B,C,D,H,W] and w [C,O,k,k,k] with stride k, got ${got}`,
    );
  }
  const k = options.stride;
  const cubes = matmul(transpose(reshape(w, [c, o * k ** 3])), reshape(x, [n, c, d * h * width]));
  const y = reshape(cubes, [n, o, k ** 3, d * h * width]);
  const biased = b ? add(y, reshape(b, [-1, 1, 1])) : y;
  const cut = permute(reshape(biased, [n, o, k, k, k, d, h, width]), [0, 1, 5, 2, 6, 3, 7, 4]);
  return reshape(cut, [n, o, d * k, h * k, width * k]);
}
