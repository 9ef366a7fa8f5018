import { permute, reshape } from '../ops/view';
import { showShape } from '../tensor/shape';
import { type Tensor, whereIs } from '../tensor/tensor';

/**
 * The depth branch as the published Med-SA code has it: after the windows are cut, groups of `chunk` consecutive entries of
 * the batch axis count as depth, whatever they are. In windowed blocks they are neighbouring windows, mostly of one slice.
 */

/**
 * The grid (dh, dw) in which `chunk` entries are laid out: the two factors that lie closest to each other, never equal;
 * 4 → (1, 4), 6 → (2, 3), 16 → (2, 8). Throws for 1, at which the published code never returns.
 */
export function depthGrid(chunk: number): [number, number] {
  if (!Number.isInteger(chunk) || chunk < 2) {
    throw new Error(
      `${whereIs('depthGrid')}: the released volume branch needs a chunk of at least 2 slices, got ${chunk}; images have no depth branch (use medsa)`,
    );
  }
  let a = Math.floor(Math.sqrt(chunk));
  while (chunk % a !== 0 || a * a === chunk) a--;
  return [a, chunk / a];
}

/**
 * Columns of x [B, h, w, C] through groups of `chunk` entries as maps [B/chunk·h·w, dh, dw, C], `f` of them, and back.
 * Throws when `chunk` does not divide B.
 */
export function releaseDepth(x: Tensor, chunk: number, f: (columns: Tensor) => Tensor): Tensor {
  const [dh, dw] = depthGrid(chunk);
  const [b, h, w, c] = x.shape;
  if (b % chunk !== 0) {
    throw new Error(
      `${whereIs('releaseDepth')}: ${b} windows ${showShape(x.shape)} do not divide into groups of ${chunk}; choose another chunk or batch`,
    );
  }
  const groups = b / chunk;
  const columns = permute(reshape(x, [groups, chunk, h, w, c]), [0, 2, 3, 1, 4]);
  const y = f(reshape(columns, [groups * h * w, dh, dw, c]));
  return reshape(permute(reshape(y, [groups, h, w, chunk, c]), [0, 3, 1, 2, 4]), [b, h, w, c]);
}
