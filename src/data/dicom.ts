// DICOM series: slices sorted along their normal, each scaled as it says, as one volume; a single file is a volume of one
// slice. Not responsible for what a file says of itself (dicomSlice), nor for the order of slices (dicomOrder).
import {
  type Affine,
  affineOf,
  axesOf,
  checkSpans,
  cross,
  dot,
  normOf,
  obliquity,
  spacingOf,
  type Triple,
} from './affine';
import { readSlice } from './bytes';
import { sorted } from './dicomOrder';
import { rleFrame, unpackRle } from './dicomRle';
import { type DicomSlice, readDicomSlice } from './dicomSlice';
import { VolumeError } from './errors';
import {
  checkDims,
  checkSpacing,
  chooseChannel,
  makeVolume,
  type Volume,
  type VolumeFile,
  type VolumeInfo,
  type VoxelArray,
} from './volume';
import { mergeStats, valueStats } from './volumeStats';
import { decodeVoxels } from './voxels';

/** A file and its name. */
export interface NamedBlob {
  readonly name: string;
  readonly blob: Blob;
}

/** Most files of one series. */
const maxSlices = 10_000;

/** `VolumeError` where files do not belong together, naming the first that differs and what differs. */
function checkOneSeries(slices: readonly DicomSlice[]): void {
  const [first, ...rest] = slices;
  const differs = (what: string, of: (s: DicomSlice) => string | number, remedy: string) => {
    const other = rest.find((s) => of(s) !== of(first));
    if (other)
      throw new VolumeError(
        `${other.name}: its ${what} (${of(other)}) differs from that of ${first.name} (${of(first)}) — ${remedy}`,
      );
  };
  differs('series', (s) => s.series, 'give the files of one series');
  differs('modality', (s) => s.modality, 'give the files of one series');
  differs('size', (s) => `${s.columns} × ${s.rows}`, 'take scouts and other series out');
  differs('type', (s) => `${s.dtype} ${s.endian}`, 'convert the series to NIfTI');
  differs(
    'pixel spacing',
    (s) => (s.spacing ?? []).map((v) => v.toFixed(4)).join(' × '),
    'give the files of one series',
  );
  differs(
    'orientation',
    (s) =>
      (s.orientation ?? [])
        .flat()
        .map((v) => v.toFixed(3).replace('-0.000', '0.000'))
        .join(' '),
    'take scouts and other series out',
  );
  const lost = slices.find((s) => !s.position || !s.orientation);
  if (slices.length > 1 && lost)
    throw new VolumeError(
      `${lost.name}: it does not say where it lies (position or orientation is missing), so ${slices.length} files cannot be put in order — convert the series to NIfTI`,
    );
}

/** How a series is opened. */
export interface DicomOptions {
  /** Where slices are missing: refuse (default), or take the longest stretch without a gap and say so. */
  readonly gaps?: 'refuse' | 'longest';
  /** After each file that was looked at. */
  readonly onSlice?: () => void;
}

/** From voxel to mm, RAS+: columns, rows, and from the first slice to the last. */
function affineFrom(order: readonly DicomSlice[], notes: string[]): Affine {
  const [first] = order;
  const last = order[order.length - 1];
  if (!first.spacing) notes.push('the file does not say its pixel spacing; 1 mm is assumed');
  if (!first.orientation || !first.position)
    notes.push('the file does not say where it lies; an axial slice at the origin is assumed');
  const [dx, dy] = first.spacing ?? [1, 1];
  const [across, down]: readonly [Triple, Triple] = first.orientation ?? [
    [1, 0, 0],
    [0, 1, 0],
  ];
  const origin = first.position ?? [0, 0, 0];
  const normal = cross(across, down);
  const n = order.length - 1;
  const step: Triple =
    n > 0 && last.position
      ? [(last.position[0] - origin[0]) / n, (last.position[1] - origin[1]) / n, (last.position[2] - origin[2]) / n]
      : (normal.map((v) => v * (first.thickness && first.thickness > 0 ? first.thickness : 1)) as unknown as Triple);
  const ras = (v: Triple, k = 1): Triple => [-v[0] * k, -v[1] * k, v[2] * k];
  return affineOf(ras(across, dx), ras(down, dy), ras(step), ras(origin));
}

/** Clears what stands above the stored bits, and extends the sign. */
function onlyStored(data: VoxelArray, { dtype, bitsStored }: DicomSlice): VoxelArray {
  const bits = Number(dtype.replace(/\D+/, ''));
  if (bitsStored === bits) return data;
  const shift = 32 - bitsStored;
  const signed = dtype.startsWith('int');
  for (let i = 0; i < data.length; i++) data[i] = signed ? (data[i] << shift) >> shift : (data[i] << shift) >>> shift;
  return data;
}

/** The pixels of one slice, scaled. */
async function pixelsOf(s: DicomSlice): Promise<VoxelArray> {
  const count = s.rows * s.columns;
  const bytes = s.rle
    ? unpackRle(await rleFrame(s.blob, s.offset, s.name), count, s.bytes / count, s.name)
    : await readSlice(s.blob, s.offset, s.offset + s.bytes, s.name);
  const raw = decodeVoxels(bytes, { dtype: s.dtype, endian: s.endian, slope: 1, intercept: 0 });
  const stored = onlyStored(raw, s);
  if (s.slope === 1 && s.intercept === 0) return stored;
  const whole = Number.isInteger(s.slope) && Number.isInteger(s.intercept) && s.dtype !== 'uint32';
  const out = whole ? new Int32Array(stored.length) : new Float32Array(stored.length);
  for (let i = 0; i < out.length; i++) out[i] = stored[i] * s.slope + s.intercept;
  return out;
}

/** Slices in one array: int16 where all fit (CT in Hounsfield units), else the widest that occurs. */
function joined(parts: readonly VoxelArray[]): VoxelArray {
  const [first] = parts;
  const total = parts.reduce((n, p) => n + p.length, 0);
  const kinds = new Set(parts.map((p) => p.constructor));
  let make = first.constructor as new (n: number) => VoxelArray;
  if (kinds.size > 1) make = Float32Array;
  else if (first instanceof Int32Array && parts.every((p) => p.every((v) => v >= -32768 && v <= 32767)))
    make = Int16Array;
  const out = new make(total);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const modalityOf = ({ modality }: DicomSlice) =>
  modality === 'CT' ? ({ modality: 'ct' } as const) : modality === 'MR' ? ({ modality: 'mr' } as const) : {};

function infoOf(order: readonly DicomSlice[], notes: string[], warnings: string[]): VolumeInfo {
  const [first] = order;
  const dims: Triple = [first.columns, first.rows, order.length];
  const name = order.length > 1 ? `${first.name} and ${order.length - 1} more` : first.name;
  checkDims(name, dims, 4);
  const affine = affineFrom(order, notes);
  checkSpacing(name, spacingOf(affine));
  checkSpans(affine, name);
  notes.push(...first.notes);
  const tilt = obliquity(affine);
  if (tilt > 0.5) notes.push(`the grid is oblique by ${tilt.toFixed(1)}°; the closest axes are used`);
  if (order.some((s) => s.slope !== first.slope || s.intercept !== first.intercept))
    notes.push('slices have scales of their own; each is applied');
  const { dtype, endian, slope, intercept } = first;
  const common = { name, format: 'DICOM', shape: dims, dtype, endian, slope, intercept, dims, channels: 1, affine };
  return { ...common, axes: axesOf(affine), spacing: spacingOf(affine), notes, warnings, ...modalityOf(first) };
}

/**
 * Opens the files of one series, in any order, or a single slice. `VolumeError`, in words, for compressed or coloured
 * pixels, several frames in a file, mixed series, slices at one place, missing slices (unless `gaps` says otherwise) and
 * damaged files.
 */
export async function openDicom(files: readonly NamedBlob[], options: DicomOptions = {}): Promise<VolumeFile> {
  if (!files.length || files.length > maxSlices)
    throw new VolumeError(`DICOM: ${files.length} files, expected 1 to ${maxSlices} of one series`);
  const slices: DicomSlice[] = [];
  for (const { name, blob } of files) {
    slices.push(await readDicomSlice(blob, name));
    options.onSlice?.();
  }
  checkOneSeries(slices);
  const bent = slices.find(
    ({ orientation: o }) =>
      o && (Math.abs(normOf(o[0]) - 1) > 0.01 || Math.abs(normOf(o[1]) - 1) > 0.01 || Math.abs(dot(o[0], o[1])) > 0.01),
  );
  if (bent)
    throw new VolumeError(
      `${bent.name}: its rows and columns do not stand at right angles — the orientation is damaged`,
    );
  const told = { notes: [] as string[], warnings: [] as string[] };
  const order = sorted(slices, options.gaps ?? 'refuse', told);
  const info = infoOf(order, told.notes, told.warnings);
  const read = async (channel?: number): Promise<Volume> => {
    chooseChannel(info, channel);
    const parts: VoxelArray[] = [];
    for (const s of order) parts.push(await pixelsOf(s));
    return makeVolume(info.dims, joined(parts), info.affine, info);
  };
  const statistics = async () => {
    const parts = [];
    for (const s of order) parts.push(valueStats(await pixelsOf(s)));
    return mergeStats(parts);
  };
  return { info, read, statistics };
}
