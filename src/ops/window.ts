import { showShape } from '../tensor/shape';
import { type Tensor, whereIs } from '../tensor/tensor';
import { pad, permute, reshape, slice } from './view';

/** Cutting token maps into square windows and back; views only, so neither costs a dispatch of its own. */

/** Rows and columns rounded up to whole windows. */
export function paddedSize(h: number, w: number, size: number): [number, number] {
  return [Math.ceil(h / size) * size, Math.ceil(w / size) * size];
}

/**
 * x [B, H, W, C] → windows [B·rows·columns, size, size, C]; the map is padded with zeros at the bottom and on the right.
 * Source: window_partition of segment-anything.
 */
export function windowPartition(x: Tensor, size: number): Tensor {
  if (x.shape.length !== 4 || !Number.isInteger(size) || size < 1) {
    throw new Error(
      `${whereIs('windowPartition')}: expected x [B,H,W,C] and a positive size, got ${showShape(x.shape)} and ${size}`,
    );
  }
  const [b, h, w, c] = x.shape;
  const [ph, pw] = paddedSize(h, w, size);
  const padded = pad(x, [
    [0, 0],
    [0, ph - h],
    [0, pw - w],
    [0, 0],
  ]);
  const cut = reshape(padded, [b, ph / size, size, pw / size, size, c]);
  return reshape(permute(cut, [0, 1, 3, 2, 4, 5]), [-1, size, size, c]);
}

/**
 * Windows of a [B, H, W, C] map back to the map; the padding is dropped. Throws when the number of windows does not fit.
 * Source: window_unpartition of segment-anything.
 */
export function windowUnpartition(windows: Tensor, size: number, [b, h, w]: readonly [number, number, number]): Tensor {
  const [ph, pw] = paddedSize(h, w, size);
  const [n, , , c] = windows.shape;
  if (
    windows.shape.length !== 4 ||
    n !== (b * ph * pw) / size ** 2 ||
    windows.shape[1] !== size ||
    windows.shape[2] !== size
  ) {
    const want = showShape([(b * ph * pw) / size ** 2, size, size, c ?? 1]);
    throw new Error(
      `${whereIs('windowUnpartition')}: expected windows ${want} of a map ${h}×${w}, got ${showShape(windows.shape)}`,
    );
  }
  const cut = reshape(windows, [b, ph / size, pw / size, size, size, c]);
  const map = reshape(permute(cut, [0, 1, 3, 2, 4, 5]), [b, ph, pw, c]);
  return slice(slice(map, 1, 0, h), 2, 0, w);
}
