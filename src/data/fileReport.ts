// What any file is, as plain data: the same fields for images and volumes (shape, datatype, scaled_min …), a checkpoint's
// own for checkpoints.
import { type CheckpointReport, describeCheckpoint } from './checkpointReport';
import type { DecodedImage } from './image';
import type { Opened } from './openAny';

/** Of a 2-D image. */
export interface ImageReport {
  readonly kind: 'image';
  readonly format: 'png' | 'jpeg';
  /** Rows, columns, channels. */
  readonly shape: readonly number[];
  readonly datatype: 'uint8' | 'uint16';
  readonly scaled_min: number;
  readonly scaled_max: number;
  readonly scaled_mean: number;
  readonly non_finite: number;
  /** Where the file holds a palette or fewer than 8 bits: the distinct codes, at most 32 (labels, usually). */
  readonly codes?: readonly number[];
}

/** Of any file. */
export type FileReport = (CheckpointReport | ImageReport) & { readonly path: string; readonly bytes: number };

function describeImage(image: DecodedImage): ImageReport {
  const { data, codes } = image;
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const v of data) {
    if (v < min) min = v;
    if (v > max) max = v;
    sum += v;
  }
  const distinct = codes ? [...new Set(codes)].sort((a, b) => a - b).slice(0, 32) : null;
  return {
    kind: 'image',
    format: image.format,
    shape: [image.height, image.width, image.channels],
    datatype: image.bitDepth === 16 ? 'uint16' : 'uint8',
    scaled_min: min,
    scaled_max: max,
    scaled_mean: sum / data.length,
    non_finite: 0,
    ...(distinct ? { codes: distinct } : {}),
  };
}

/** Describes an opened file; reads all voxels of a volume, no tensor of a checkpoint. */
export async function describeFile(opened: Opened, path: string, bytes: number): Promise<FileReport> {
  const own = opened.kind === 'checkpoint' ? describeCheckpoint(opened.file, path) : describeImage(opened.image);
  return { path, bytes, ...own };
}
