// A whole volume by a model of slabs: windows slide along the slices (and over tiles of large slices), overlapping logits
// are averaged with Gaussian weights in float32. Knows nothing of the model: it is a callback.
import type { Triple } from './affine';
import { VolumeError } from './errors';
import { resizeLogits } from './resample';
import { type SlabSpec, slabIndices, slabStarts } from './slabs';
import { maxVolumeBytes, voxelsOf } from './volume';
import { frameGrey, type PreparedVolume, type SliceFrame } from './volumePrepare';

/** How windows lie. */
export interface SlidingSpec extends SlabSpec {
  /** Side of a square tile in pixels of the slice; left out: whole slices. */
  readonly tile?: number;
  /** Part of a tile that the next one shares with it; default as `overlap`. */
  readonly tileOverlap?: number;
}

/** A rectangle of a slice. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** What the model is asked about. */
export interface SlidingWindow {
  /** Number of this window, and of all. */
  readonly index: number;
  readonly count: number;
  /** Slice index of each of the D rows; edges repeat in short volumes. */
  readonly slices: readonly number[];
  readonly tile: Tile;
  /** D frames of side × side, in order. */
  readonly frames: readonly SliceFrame[];
}

/** The model's answer: D maps of `side` × `side` logits over the frame (any side: the decoder's own will do). */
export interface WindowLogits {
  readonly data: Float32Array;
  readonly side: number;
}

/** Predicts one window; null: nothing to say here (no prompt), the window does not count. */
export type PredictWindow = (window: SlidingWindow) => Promise<WindowLogits | null> | WindowLogits | null;

/** The logit of voxels that no window spoke of. */
export const unseenLogit = -10;

/** Gaussian weights over n places, σ = n/8 about the middle, at least 1e-3 so that borders count. */
export function gaussianWeights(n: number): Float32Array {
  const sigma = n / 8;
  return Float32Array.from({ length: n }, (_, i) => Math.max(1e-3, Math.exp(-0.5 * ((i - (n - 1) / 2) / sigma) ** 2)));
}

function tilesOf([w, h]: Triple, { tile, tileOverlap, overlap }: SlidingSpec, name: string): Tile[] {
  if (tile === undefined) return [{ x: 0, y: 0, w, h }];
  const share = tileOverlap ?? overlap;
  if (!(Number.isInteger(tile) && tile >= 2)) throw new VolumeError(`${name}: tiles of ${tile} pixels, expected ≥ 2`);
  const starts = (n: number) => (n <= tile ? [0] : slabStarts(n, { depth: tile, overlap: share }, name));
  return starts(h).flatMap((y) => starts(w).map((x) => ({ x, y, w: Math.min(tile, w), h: Math.min(tile, h) })));
}

/** One slice's logits over the frame as logits over its tile: enlarged to the frame, cropped to the image, resized. */
function overTile(
  logits: Float32Array,
  from: number,
  side: number,
  [rows, columns]: readonly [number, number],
  tile: Tile,
): Float32Array {
  const whole = from === side ? logits : resizeLogits({ width: from, height: from, data: logits }, side, side).data;
  const shown = new Float32Array(rows * columns);
  for (let y = 0; y < rows; y++) shown.set(whole.subarray(y * side, y * side + columns), y * columns);
  return resizeLogits({ width: columns, height: rows, data: shown }, tile.w, tile.h).data;
}

interface Sums {
  readonly logits: Float32Array;
  readonly weights: Float32Array;
}

/** Adds one slice of one window to the sums. */
function addSlice(sums: Sums, [w, h]: Triple, z: number, tile: Tile, values: Float32Array, weight: number): void {
  const [gx, gy] = [gaussianWeights(tile.w), gaussianWeights(tile.h)];
  const whole = tile.w === w && tile.h === h; // one window over the slice: only depth is weighed
  for (let y = 0, i = 0; y < tile.h; y++) {
    let at = (z * h + tile.y + y) * w + tile.x;
    for (let x = 0; x < tile.w; x++, i++, at++) {
      const k = whole ? weight : weight * gx[x] * gy[y];
      sums.logits[at] += k * values[i];
      sums.weights[at] += k;
    }
  }
}

function checkLogits({ data, side }: WindowLogits, depth: number, name: string): void {
  if (data.length !== depth * side * side) {
    throw new VolumeError(`${name}: the model gave ${data.length} logits, expected ${depth} × ${side} × ${side}`);
  }
}

/**
 * Logits of every voxel of the prepared grid (w·h·n) by sliding `predict` over it, one window at a time; `onWindow` is told
 * how many are done. Two float32 arrays of w·h·n are held, whatever the number of windows. Constant logits stay constant: the
 * weights sum to one. `VolumeError` for windows that are none, answers of a wrong length, and volumes too large.
 */
export async function slideVolume(
  prepared: Pick<PreparedVolume, 'id' | 'side' | 'dims' | 'grey' | 'frame'>,
  spec: SlidingSpec,
  predict: PredictWindow,
  onWindow: (done: number, total: number) => void = () => {},
): Promise<Float32Array> {
  const { dims, id, side, grey } = prepared;
  const n = voxelsOf(dims);
  if (n * 4 > maxVolumeBytes)
    throw new VolumeError(`${id}: ${dims.join(' × ')} logits are more than can be held — choose a coarser spacing`);
  const tiles = tilesOf(dims, spec, id);
  const starts = slabStarts(dims[2], spec, id);
  const sums: Sums = { logits: new Float32Array(n), weights: new Float32Array(n) };
  const depthWeights = gaussianWeights(spec.depth);
  const count = starts.length * tiles.length;
  let index = 0;
  for (const start of starts) {
    const slices = slabIndices(start, spec.depth, dims[2]);
    for (const tile of tiles) {
      const whole = tile.w === dims[0] && tile.h === dims[1];
      const frames = slices.map((z) => (whole ? prepared.frame(z) : frameGrey(grey, dims, z, side, tile)));
      const answer = await predict({ index, count, slices, tile, frames });
      if (answer) {
        checkLogits(answer, spec.depth, id);
        const plane = answer.side ** 2;
        for (const [d, z] of slices.entries()) {
          const slice = answer.data.subarray(d * plane, (d + 1) * plane);
          const values = overTile(slice, answer.side, side, frames[d].inputSize, tile);
          addSlice(sums, dims, z, tile, values, depthWeights[d]);
        }
      }
      onWindow(++index, count);
    }
  }
  return averaged(sums);
}

/** The weighted mean, in place. */
function averaged({ logits, weights }: Sums): Float32Array {
  for (let i = 0; i < logits.length; i++) logits[i] = weights[i] > 0 ? logits[i] / weights[i] : unseenLogit;
  return logits;
}
