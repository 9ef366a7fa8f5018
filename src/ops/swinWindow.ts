import { numel, type Shape, showShape } from '../tensor/shape';
import { constant, type Tensor, whereIs } from '../tensor/tensor';
import { addScalar, equal, scale } from './pointwise';
import { permute, reshape } from './view';

/** Windows of maps of any rank, as Swin transformers cut them; views only. */

function checkFit(name: string, dims: Shape, window: Shape): void {
  if (dims.length !== window.length || dims.some((d, i) => d % window[i] !== 0)) {
    throw new Error(`${whereIs(name)}: map ${showShape(dims)} does not divide into windows ${showShape(window)}`);
  }
}

/** x [B, ...dims, C] → [B·windows, tokens of a window, C]. Throws unless the windows divide the map. Source: window_partition of MONAI. */
export function gridPartition(x: Tensor, window: Shape): Tensor {
  const dims = x.shape.slice(1, -1);
  checkFit('gridPartition', dims, window);
  const c = x.shape[x.shape.length - 1];
  const cut = reshape(x, [x.shape[0], ...dims.flatMap((d, i) => [d / window[i], window[i]]), c]);
  const n = dims.length;
  const outer = dims.map((_, i) => 1 + 2 * i);
  const order = [0, ...outer, ...outer.map((a) => a + 1), 1 + 2 * n];
  return reshape(permute(cut, order), [-1, numel(window), c]);
}

/** The inverse: [B·windows, tokens, C] → [B, ...dims, C]. Source: window_reverse of MONAI. */
export function gridReverse(windows: Tensor, window: Shape, dims: Shape): Tensor {
  checkFit('gridReverse', dims, window);
  const c = windows.shape[windows.shape.length - 1];
  const counts = dims.map((d, i) => d / window[i]);
  const n = dims.length;
  const cut = reshape(windows, [-1, ...counts, ...window, c]);
  const order = [0, ...dims.flatMap((_, i) => [1 + i, 1 + n + i]), 1 + 2 * n];
  return reshape(permute(cut, order), [-1, ...dims, c]);
}

/**
 * Mask of shifted windows, [windows, n, n]: −100 between tokens that came from different sides of the map, else 0.
 * Source: compute_mask of MONAI.
 */
export function shiftMask(dims: Shape, window: Shape, shift: Shape): Tensor {
  checkFit('shiftMask', dims, window);
  // Region of a coordinate: before the last window, in it, or among the part that was rolled round.
  const region = (p: number, i: number) =>
    shift[i] > 0 && p < dims[i] - window[i] ? 0 : shift[i] > 0 && p < dims[i] - shift[i] ? 1 : 2;
  const labels = Float32Array.from({ length: numel(dims) }, (_, at) => {
    let rest = at;
    let label = 0;
    for (let i = dims.length - 1; i >= 0; i--) {
      label += region(rest % dims[i], i) * 3 ** i;
      rest = Math.floor(rest / dims[i]);
    }
    return label;
  });
  const cut = gridPartition(constant(labels, [1, ...dims, 1], 'regions'), window);
  const [count, n] = cut.shape;
  return scale(addScalar(equal(reshape(cut, [count, 1, n]), reshape(cut, [count, n, 1])), -1), 100);
}
