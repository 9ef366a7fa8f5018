// A volume as a model of slices sees it: turned to a view, windowed to grey, resampled where asked, each slice in the
// model's frame. Knows the way back to the grid the volume came from. Frames are made when they are looked at.
import { spacingOf, type Triple } from './affine';
import { VolumeError } from './errors';
import { memo, memoPool } from './memo';
import { type FramedObject, frameImage } from './trainItems';
import { gridOf, type Volume, type VolumeGrid, voxelsOf } from './volume';
import { defaultPlane, type Plane, reorient, type Turn, turnBack, turnData, turnTo, viewAxes } from './volumeReorient';
import { resampleSpacing, resizeVoxels } from './volumeResample';
import { toGrey, type ValueRange, type WindowChoice, windowRange } from './volumeWindow';

/** How a volume is prepared. */
export interface PrepareOptions {
  /** Side of the model's input. */
  readonly side: number;
  /** Which way slices are cut; `auto`: across the coarsest spacing, else axial. */
  readonly plane?: Plane | 'auto';
  /** Default `auto`. */
  readonly window?: WindowChoice;
  /** mm along the view's x, y and across the slices; null leaves an axis alone. Default: as stored. */
  readonly spacing?: readonly (number | null)[];
}

/** One slice in the model's frame. */
export type SliceFrame = Pick<FramedObject, 'image' | 'inputSize'>;

/** A prepared volume; [w, h, n] are columns and rows of a slice, and slices. */
export interface PreparedVolume {
  readonly id: string;
  readonly side: number;
  readonly plane: Plane;
  /** The grid of the volume as it was read. */
  readonly source: VolumeGrid;
  readonly turn: Turn;
  /** [w, h, n] after turning, before resampling. */
  readonly viewDims: Triple;
  /** [w, h, n] of what the model sees. */
  readonly dims: Triple;
  /** mm between columns, rows, slices. */
  readonly spacing: Triple;
  readonly range: ValueRange;
  /** w·h·n grey values. */
  readonly grey: Uint8Array;
  /** Slice z in the model's frame, grey in three channels. */
  frame(z: number): SliceFrame;
}

/** Frames and masks of all volumes that are kept for the next look, in bytes. */
export const framePool = memoPool(512 * 2 ** 20);

/** Part of a slice (all of it by default) as RGB in the model's frame. */
export function frameGrey(
  grey: Uint8Array,
  [w, h]: Triple,
  z: number,
  side: number,
  tile = { x: 0, y: 0, w, h },
): SliceFrame {
  const data = new Uint8Array(tile.w * tile.h * 3);
  for (let y = 0, o = 0; y < tile.h; y++) {
    let at = (z * h + tile.y + y) * w + tile.x;
    for (let x = 0; x < tile.w; x++, at++, o += 3) {
      data[o] = grey[at];
      data[o + 1] = grey[at];
      data[o + 2] = grey[at];
    }
  }
  return frameImage({ width: tile.w, height: tile.h, data }, side);
}

/**
 * Prepares a volume whose voxels are finite. `VolumeError` for planes, windows and spacings that are none.
 */
export function prepareVolume(id: string, source: Volume, options: PrepareOptions): PreparedVolume {
  const { side, window = 'auto', spacing = [null, null, null] } = options;
  if (!(Number.isInteger(side) && side >= 1)) throw new VolumeError(`${id}: a side of ${side} pixels, expected ≥ 1`);
  const plane = !options.plane || options.plane === 'auto' ? defaultPlane(source) : options.plane;
  if (!Object.hasOwn(viewAxes, plane)) {
    throw new VolumeError(`plane ${JSON.stringify(plane)}: there are ${Object.keys(viewAxes).join(', ')}, auto`);
  }
  const range = windowRange(source.data, window);
  const view = reorient(source, viewAxes[plane]);
  const seen = resampleSpacing(view, spacing, 'linear');
  const grey = toGrey(seen.data, range);
  const { dims } = seen;
  const frame = memo(framePool, 3 * side * side, (z) => frameGrey(grey, dims, z, side));
  const turn = turnTo(source, viewAxes[plane]);
  const common = { id, side, plane, source: gridOf(source), turn, range, grey, dims };
  return { ...common, viewDims: view.dims, spacing: spacingOf(seen.affine), frame };
}

/** Label values of the source's grid on the prepared one, w·h·n. */
export function prepareLabels<A extends Uint8Array | Uint16Array>(prepared: PreparedVolume, labels: A): A {
  const { source, turn, viewDims, dims } = prepared;
  if (labels.length !== voxelsOf(source.dims)) {
    throw new VolumeError(`${prepared.id}: ${labels.length} labels do not fill ${source.dims.join(' × ')} voxels`);
  }
  return resizeVoxels(turnData(labels, source.dims, turn), viewDims, dims, 'nearest') as A;
}

/** Logits of the prepared grid (w·h·n) on the grid of the source. */
export function logitsToSource(prepared: PreparedVolume, logits: Float32Array): Float32Array {
  const { source, turn, viewDims, dims } = prepared;
  if (logits.length !== voxelsOf(dims)) {
    throw new VolumeError(`${prepared.id}: ${logits.length} logits for ${dims.join(' × ')} voxels`);
  }
  return turnBack(resizeVoxels(logits, dims, viewDims, 'linear') as Float32Array, source.dims, turn);
}

/**
 * One label map from the logits of several objects on one grid: the value of the largest logit, 0 where none is above 0.
 */
export function labelsFromLogits(
  objects: readonly { readonly value: number; readonly logits: Float32Array }[],
): Uint8Array | Uint16Array {
  const n = objects[0]?.logits.length ?? 0;
  const most = Math.max(0, ...objects.map((o) => o.value));
  const out = most <= 255 ? new Uint8Array(n) : new Uint16Array(n);
  const best = new Float32Array(n);
  for (const { value, logits } of objects) {
    if (logits.length !== n) throw new VolumeError(`labels: ${logits.length} and ${n} logits do not lie on one grid`);
    for (let i = 0; i < n; i++) {
      if (!(logits[i] > best[i])) continue;
      best[i] = logits[i];
      out[i] = value;
    }
  }
  return out;
}
