// Exact Euclidean distance transforms with anisotropic spacing, one axis after the other in float64. Felzenszwalb and
// Huttenlocher, "Distance Transforms of Sampled Functions" (2012): along a line the result is the lower envelope of
// parabolas. Where all spacings are 1 the squared distances are whole numbers.
import { checkMask, type Grid, voxels } from './grid';

/**
 * Squared distance of every voxel centre to the nearest voxel of `features` (not 0), in the grid's unit squared;
 * Infinity where there is none. Voxels × 8 bytes of memory.
 */
export function squaredDistances(features: ArrayLike<number>, on: Grid): Float64Array {
  checkMask('squaredDistances', features, on);
  const out = new Float64Array(voxels(on));
  for (let i = 0; i < out.length; i++) out[i] = features[i] ? 0 : Infinity;
  return transform(out, on, Infinity);
}

/**
 * Squared distance of every foreground voxel to the nearest voxel centre that is background or outside the grid (one
 * step beyond its border), in the grid's unit squared; 0 for background.
 */
export function squaredDepths(mask: ArrayLike<number>, on: Grid): Float64Array {
  checkMask('squaredDepths', mask, on);
  const out = new Float64Array(voxels(on));
  for (let i = 0; i < out.length; i++) out[i] = mask[i] ? Infinity : 0;
  return transform(out, on, 0);
}

/** All axes in turn, in place. `beyond`: the value one step outside either end of a line. */
function transform(values: Float64Array, on: Grid, beyond: number): Float64Array {
  let stride = 1;
  for (let axis = on.shape.length - 1; axis >= 0; axis--) {
    const extent = on.shape[axis];
    const line = makeLine(extent, on.spacing[axis] ** 2, beyond);
    for (let block = 0; block < values.length; block += stride * extent) {
      for (let i = 0; i < stride; i++) passLine(values, block + i, stride, line);
    }
    stride *= extent;
  }
  return values;
}

/** Scratch memory of one axis. Place q of a line lies at index q + 1; either end has one more. */
interface Line {
  readonly squaredSpacing: number;
  readonly f: Float64Array;
  /** Apices of the parabolas that are lowest somewhere, and the place from which each one is. */
  readonly apex: Int32Array;
  readonly from: Float64Array;
}

function makeLine(extent: number, squaredSpacing: number, beyond: number): Line {
  const f = new Float64Array(extent + 2).fill(beyond);
  return { squaredSpacing, f, apex: new Int32Array(extent + 2), from: new Float64Array(extent + 3) };
}

/** min over q of s²(x − q)² + f(q) for every x of one line. */
function passLine(values: Float64Array, start: number, stride: number, line: Line): void {
  const { squaredSpacing, f, apex, from } = line;
  const last = f.length - 2;
  for (let x = 1, at = start; x <= last; x++, at += stride) f[x] = values[at];
  if (!lowerEnvelope(line)) return;
  for (let x = 1, k = 0, at = start; x <= last; x++, at += stride) {
    while (from[k + 1] < x) k++;
    const step = x - apex[k];
    values[at] = squaredSpacing * step * step + f[apex[k]];
  }
}

/** Fills `apex` and `from`; false when every value is Infinity. */
function lowerEnvelope({ squaredSpacing, f, apex, from }: Line): boolean {
  let k = -1;
  for (let q = 0; q < f.length; q++) {
    if (f[q] === Infinity) continue;
    let meet = -Infinity;
    while (k >= 0) {
      const p = apex[k];
      meet = (f[q] - f[p]) / (2 * squaredSpacing * (q - p)) + (q + p) / 2;
      if (meet > from[k]) break;
      k--;
    }
    k++;
    apex[k] = q;
    from[k] = k === 0 ? -Infinity : meet;
    from[k + 1] = Infinity;
  }
  return k >= 0;
}
