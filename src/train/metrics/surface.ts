// Distances between the surfaces of two masks, and the numbers made of them (SPEC §5). A surface voxel is a foreground
// voxel with a face neighbour that is background or outside the grid.
import { squaredDistances } from './distance';
import { checkMask, type Grid, voxels } from './grid';

/** Distance of each surface voxel to the other mask's surface, in the grid's unit, in raster order. */
export interface SurfaceDistances {
  readonly fromPrediction: Float64Array;
  readonly fromTruth: Float64Array;
  /** Both lists together, ascending. */
  readonly pooled: Float64Array;
}

/**
 * Spacings come as float32 from files, so a distance that is meant to equal the tolerance may exceed it by their
 * rounding; this share of it is let through.
 */
const ROUNDING = 1e-6;

/** 1 at every surface voxel of a mask. */
export function surfaceOf(mask: ArrayLike<number>, on: Grid): Uint8Array {
  checkMask('surfaceOf', mask, on);
  const out = new Uint8Array(mask.length);
  let stride = 1;
  for (let axis = on.shape.length - 1; axis >= 0; axis--) {
    const extent = on.shape[axis];
    for (let p = 0; p < out.length; p++) {
      if (!mask[p] || out[p]) continue;
      const place = Math.floor(p / stride) % extent;
      if (place === 0 || place === extent - 1 || !mask[p - stride] || !mask[p + stride]) out[p] = 1;
    }
    stride *= extent;
  }
  return out;
}

/** Exact surface distances of two masks that both have foreground; `Error` where one is empty (see `segmentationScore`). */
export function surfaceDistances(pred: ArrayLike<number>, truth: ArrayLike<number>, on: Grid): SurfaceDistances {
  checkMask('surfaceDistances: prediction', pred, on);
  checkMask('surfaceDistances: truth', truth, on);
  // Around the foreground of both there is only background, which counts as the outside does: the rest may be cut off.
  const { inner, a, b } = cropped(pred, truth, on);
  const [surfaceA, surfaceB] = [surfaceOf(a, inner), surfaceOf(b, inner)];
  const fromPrediction = gather(squaredDistances(surfaceB, inner), surfaceA);
  const fromTruth = gather(squaredDistances(surfaceA, inner), surfaceB);
  const pooled = new Float64Array(fromPrediction.length + fromTruth.length);
  pooled.set(fromPrediction);
  pooled.set(fromTruth, fromPrediction.length);
  if (!fromPrediction.length || !fromTruth.length)
    throw new Error('surfaceDistances: a mask is empty, so there is no distance to it');
  return { fromPrediction, fromTruth, pooled: pooled.sort() };
}

/** Square roots of the values where `at` is set. */
function gather(squared: Float64Array, at: Uint8Array): Float64Array {
  const out = new Float64Array(at.reduce((n, v) => n + v, 0));
  let n = 0;
  for (let i = 0; i < at.length; i++) if (at[i]) out[n++] = Math.sqrt(squared[i]);
  return out;
}

/** Both masks within the smallest grid that holds the foreground of both. */
function cropped(pred: ArrayLike<number>, truth: ArrayLike<number>, on: Grid) {
  const [d, h, w] = [1, ...on.shape].slice(-3);
  const low = [d, h, w];
  const high = [-1, -1, -1];
  for (let p = 0; p < pred.length; p++) {
    if (!pred[p] && !truth[p]) continue;
    const place = [Math.floor(p / (w * h)), Math.floor(p / w) % h, p % w];
    for (let axis = 0; axis < 3; axis++) {
      if (place[axis] < low[axis]) low[axis] = place[axis];
      if (place[axis] > high[axis]) high[axis] = place[axis];
    }
  }
  const size = high.map((v, axis) => Math.max(1, v - low[axis] + 1));
  const inner: Grid = { ...on, shape: on.shape.length === 3 ? size : size.slice(1) };
  const part = (mask: ArrayLike<number>) => {
    const out = new Uint8Array(voxels(inner));
    if (high[0] < 0) return out;
    for (let i = 0; i < out.length; i++) {
      const x = i % size[2];
      const y = Math.floor(i / size[2]) % size[1];
      const z = Math.floor(i / (size[2] * size[1]));
      out[i] = mask[((low[0] + z) * h + low[1] + y) * w + low[2] + x] ? 1 : 0;
    }
    return out;
  };
  return { inner, a: part(pred), b: part(truth) };
}

/** Linear percentile of an ascending list at position share·(n − 1), as numpy's default; NaN for an empty one. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted.length ? sorted[low] + (at - low) * (sorted[high] - sorted[low]) : Number.NaN;
}

/** HD95: 95th percentile of the pooled distances of both surfaces. */
export function hausdorff95({ pooled }: SurfaceDistances): number {
  return percentile(pooled, 0.95);
}

/** NSD: share of the surface voxels of both masks within `tolerance` (in the grid's unit) of the other surface. */
export function surfaceDice({ pooled }: SurfaceDistances, tolerance: number): number {
  const limit = tolerance * (1 + ROUNDING);
  let within = 0;
  while (within < pooled.length && pooled[within] <= limit) within++;
  return within / pooled.length;
}

/** The largest distance that the grid allows, between the centres of opposite corners: HD95 where one mask is empty. */
export function diagonal({ shape, spacing }: Grid): number {
  return Math.sqrt(shape.reduce((sum, n, axis) => sum + ((n - 1) * spacing[axis]) ** 2, 0));
}
