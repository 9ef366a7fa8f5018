// What any file is, as plain data: the same fields for images and volumes (shape, datatype, scaled_min …), a checkpoint's
// own for checkpoints.
import { type CheckpointReport, describeCheckpoint } from './checkpointReport';
import type { DecodedImage } from './image';
import { unwrapKeys } from './keyMap';
import type { Opened } from './openAny';
import { tensorStats } from './tensorStats';
import type { VolumeFile } from './volume';
import { type ValueStats, valueStats } from './volumeStats';

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

/** Of a volume. */
export interface VolumeReport {
  readonly kind: 'volume';
  /** NIfTI-1, NIfTI-2 … */
  readonly format: string;
  /** As stored, the fastest first. */
  readonly shape: readonly number[];
  readonly datatype: string;
  readonly endian: 'little' | 'big';
  readonly scl_slope: number;
  readonly scl_inter: number;
  /** Voxel to mm, RAS+. */
  readonly affine: readonly (readonly number[])[];
  readonly axes: string;
  /** mm. */
  readonly spacing: readonly number[];
  /** Volumes in the file: time points, echoes, colours. */
  readonly channels: number;
  readonly scaled_min: number;
  readonly scaled_max: number;
  readonly scaled_mean: number;
  readonly non_finite: number;
  readonly notes: readonly string[];
}

/** Of any file. */
export type FileReport = (CheckpointReport | ImageReport | VolumeReport) & {
  readonly path: string;
  readonly bytes: number;
};

const measured = ({ min, max, mean, nonFinite }: ValueStats) => ({
  scaled_min: min,
  scaled_max: max,
  scaled_mean: mean,
  non_finite: nonFinite,
});

function describeImage(image: DecodedImage): ImageReport {
  const { codes } = image;
  const distinct = codes ? [...new Set(codes)].sort((a, b) => a - b).slice(0, 32) : null;
  return {
    kind: 'image',
    format: image.format,
    shape: [image.height, image.width, image.channels],
    datatype: image.bitDepth === 16 ? 'uint16' : 'uint8',
    ...measured(valueStats(image.data)),
    ...(distinct ? { codes: distinct } : {}),
  };
}

async function describeVolume({ info, statistics }: VolumeFile): Promise<VolumeReport> {
  const { format, shape, dtype, endian, slope, intercept, affine, axes, spacing, channels } = info;
  const notes = [...(info.warnings ?? []), ...info.notes];
  const placed = { affine: affine.map((row) => [...row]), axes, spacing: [...spacing] };
  const stored = { shape: [...shape], datatype: dtype, endian, scl_slope: slope, scl_inter: intercept };
  return { kind: 'volume', format, ...stored, ...placed, channels, ...measured(await statistics()), notes };
}

/** Describes an opened file; reads all voxels of a volume, tensors of a checkpoint only with `numbers`. */
export async function describeFile(
  opened: Opened,
  path: string,
  bytes: number,
  options: { readonly numbers?: boolean } = {},
): Promise<FileReport> {
  if (opened.kind === 'checkpoint') {
    const report = { path, bytes, ...describeCheckpoint(opened.file, path) };
    return options.numbers
      ? { ...report, numbers: await tensorStats(unwrapKeys(opened.file).entries.values()) }
      : report;
  }
  if (opened.kind === 'volume') return { path, bytes, ...(await describeVolume(opened.volume)) };
  return { path, bytes, ...describeImage(opened.image) };
}
