// What a volume is, in memory and in a file that is not yet read. Readers (NIfTI, …) make it; everything that needs
// voxels takes it. Not responsible for moving or changing voxels.
import { type Affine, axesOf, checkSpans, spacingOf, type Triple } from './affine';
import { showSize } from './bytes';
import { VolumeError } from './errors';
import type { ValueStats } from './volumeStats';

/** Voxel values, scaling applied. Integers stay integers where the file does not scale them. */
export type VoxelArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** What a file says of itself, known before any voxel is read. */
export interface VolumeInfo {
  /** For messages. */
  readonly name: string;
  /** NIfTI-1, NIfTI-2, NRRD, MetaImage, DICOM. */
  readonly format: string;
  /** All dimensions as stored, the fastest first; may have more or fewer than three. */
  readonly shape: readonly number[];
  /** Type of the stored values: uint8 … float64, rgb24, complex64, … */
  readonly dtype: string;
  readonly endian: 'little' | 'big';
  /** value = slope · stored + intercept. */
  readonly slope: number;
  readonly intercept: number;
  /** [nx, ny, nz]; missing dimensions are 1. */
  readonly dims: Triple;
  /** 3-D parts that lie behind one another (time points, echoes, colours); 1 for a plain volume. */
  readonly channels: number;
  readonly affine: Affine;
  /** Orientation code of the affine: RAS, LPS, … */
  readonly axes: string;
  /** mm, from the affine. */
  readonly spacing: Triple;
  /** Things worth knowing that are no errors, as sentences. */
  readonly notes: readonly string[];
  /** What a person must know before trusting the volume (slices are missing), as sentences. */
  readonly warnings?: readonly string[];
  /** Where the file says it (DICOM). */
  readonly modality?: 'ct' | 'mr';
  /** Of label files that say so: what each value is called. */
  readonly names?: ReadonlyMap<number, string>;
  /** And the colour it was shown in, 0..255. */
  readonly colours?: ReadonlyMap<number, readonly [number, number, number]>;
  /** Of NIfTI files alone. */
  readonly codes?: NiftiCodes;
}

/** Which space sform and qform say they are in; 0: not said. */
export interface NiftiCodes {
  readonly sform: number;
  readonly qform: number;
}

/** A 3-D grid and its place in space. */
export interface VolumeGrid {
  /** [nx, ny, nz], x fastest. */
  readonly dims: Triple;
  /** mm along x, y, z. */
  readonly spacing: Triple;
  /** Voxel to mm, RAS+. */
  readonly affine: Affine;
  readonly axes: string;
  /** Where it came from; null for one made here. */
  readonly source: VolumeInfo | null;
}

/** A grid with values. */
export interface Volume extends VolumeGrid {
  /** nx·ny·nz values. */
  readonly data: VoxelArray;
}

/** A volume file whose header has been read and checked. */
export interface VolumeFile {
  readonly info: VolumeInfo;
  /** Voxels of one channel; `VolumeError` where the file has several and none is named, or is damaged. */
  read(channel?: number): Promise<Volume>;
  /** Smallest, largest and mean value over all channels. */
  statistics(): Promise<ValueStats>;
}

/** Most bytes of voxels that are held for one volume: what a typed array can hold everywhere. */
export const maxVolumeBytes = 2 ** 31 - 1;

/** Number of voxels. */
export const voxelsOf = ([nx, ny, nz]: Triple): number => nx * ny * nz;

/** A volume of these values; `VolumeError` where their number or the affine does not fit. */
export function makeVolume(
  dims: Triple,
  data: VoxelArray,
  affine: Affine,
  source: VolumeInfo | null = null,
  name = source?.name ?? 'volume',
): Volume {
  if (!dims.every((n) => Number.isInteger(n) && n >= 1) || data.length !== voxelsOf(dims)) {
    throw new VolumeError(
      `${name}: ${data.length} values do not fill ${dims.join(' × ')} voxels — give one value a voxel`,
    );
  }
  checkSpans(affine, name);
  return { dims, data, affine, axes: axesOf(affine), spacing: spacingOf(affine), source };
}

/** The grid alone, without holding on to the values. */
export const gridOf = ({ dims, spacing, affine, axes, source }: VolumeGrid): VolumeGrid => ({
  ...{ dims, spacing, affine, axes, source },
});

/** The same grid with other values. */
export const withData = (volume: VolumeGrid, data: VoxelArray): Volume =>
  makeVolume(volume.dims, data, volume.affine, volume.source);

/**
 * Which channel is read: the only one, or the one that is named. `VolumeError` asks where there are several, naming
 * what the file has.
 */
export function chooseChannel(
  info: Pick<VolumeInfo, 'name' | 'shape' | 'channels' | 'dtype'>,
  channel?: number,
): number {
  const what = `${info.name}: a ${info.shape.join(' × ')} ${info.dtype} file holds ${info.channels} volumes`;
  if (channel === undefined) {
    if (info.channels === 1) return 0;
    throw new VolumeError(`${what} — say which: channel 0 to ${info.channels - 1}`);
  }
  if (!Number.isInteger(channel) || channel < 0 || channel >= info.channels) {
    const have = info.channels === 1 ? 'only channel 0' : `channels 0 to ${info.channels - 1}`;
    throw new VolumeError(`${what}, and no channel ${channel} — there is ${have}`);
  }
  return channel;
}

/** `VolumeError` unless the spacings are finite and above 0. */
export function checkSpacing(name: string, spacing: readonly number[]): void {
  const bad = spacing.findIndex((s) => !(s > 0 && Number.isFinite(s)));
  if (bad < 0) return;
  throw new VolumeError(
    `${name}: the voxel spacing along ${'xyz'[bad]} is ${spacing[bad]} mm (${spacing.join(' × ')}), expected above 0 — correct the header, distances cannot be measured without it`,
  );
}

/** `VolumeError` for sizes that are none and for more voxels than can be held; `bytes` are those of one voxel in memory. */
export function checkDims(name: string, dims: readonly number[], bytes: number): void {
  if (!dims.length || !dims.every((n) => Number.isInteger(n) && n >= 1)) {
    throw new VolumeError(
      `${name}: dimensions ${dims.join(' × ') || '(none)'}, expected at least 1 each — it is damaged`,
    );
  }
  const total = dims.reduce((n, d) => n * d, bytes);
  if (total > maxVolumeBytes) {
    throw new VolumeError(
      `${name}: ${dims.join(' × ')} voxels take ${showSize(total)}, at most ${showSize(maxVolumeBytes + 1)} are read — crop or downsample it, or the header is damaged`,
    );
  }
}

const worst = (a: Affine, b: Affine): number =>
  Math.max(...a.flatMap((row, r) => row.map((v, c) => Math.abs(v - b[r][c]))));

/**
 * `VolumeError` unless both have the same grid: dimensions, and affines whose corners differ by less than a tenth of a
 * voxel (files round them differently).
 */
export function checkSameGrid(image: VolumeGrid, label: VolumeGrid, imageName: string, labelName: string): void {
  const [a, b] = [image.dims, label.dims];
  if (a.some((n, i) => n !== b[i])) {
    throw new VolumeError(
      `${labelName}: the labels have ${b.join(' × ')} voxels, the image ${imageName} ${a.join(' × ')} — labels must lie on the image's grid; resample them to it`,
    );
  }
  const limit = 0.1 * Math.min(...image.spacing);
  const corner = (m: Affine) =>
    [0, 1, 2].map((r) => [0, 1, 2].map((c) => m[r][c] * Math.max(1, a[c] - 1)).concat(m[r][3]));
  const off = worst(corner(image.affine) as unknown as Affine, corner(label.affine) as unknown as Affine);
  if (off > limit) {
    throw new VolumeError(
      `${labelName}: the labels' affine differs from that of ${imageName} by up to ${off.toPrecision(3)} mm (axes ${label.axes} and ${image.axes}, spacing ${label.spacing.map((s) => s.toPrecision(3)).join(' × ')} and ${image.spacing.map((s) => s.toPrecision(3)).join(' × ')} mm) — resample the labels to the image's grid, or correct the header that is wrong`,
    );
  }
}
