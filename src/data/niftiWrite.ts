// Writing NIfTI-1: header, voxels, optionally gzip. Masks become uint8 or int16; the affine is the volume's own, so that
// a mask lies on the image it was made for.
import { type Affine, columnOf, determinant, spacingOf, type Triple } from './affine';
import type { Bytes } from './bytes';
import { VolumeError } from './errors';
import { gzip } from './gunzip';
import { type NiftiCodes, type Volume, type VolumeGrid, type VoxelArray, withData } from './volume';

const codes = [
  [Uint8Array, 2],
  [Int16Array, 4],
  [Int32Array, 8],
  [Float32Array, 16],
  [Float64Array, 64],
  [Int8Array, 256],
  [Uint16Array, 512],
  [Uint32Array, 768],
] as const;

const codeOf = (data: VoxelArray): number => codes.find(([kind]) => data instanceof kind)?.[1] ?? 0;

/** b, c, d and qfac of the affine's rotation; null where it shears, which a quaternion cannot say. */
export function quaternionOf(affine: Affine): { readonly bcd: Triple; readonly qfac: 1 | -1 } | null {
  const s = spacingOf(affine);
  const qfac = determinant(affine) < 0 ? -1 : 1;
  const column = (c: number): Triple => {
    const k = (c === 2 ? qfac : 1) / s[c];
    const v = columnOf(affine, c);
    return [v[0] * k, v[1] * k, v[2] * k];
  };
  const [x, y, z] = [column(0), column(1), column(2)];
  const dot = (a: Triple, b: Triple) => Math.abs(a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
  if (Math.max(dot(x, y), dot(y, z), dot(z, x)) > 1e-4) return null;
  // The four squares of the unit quaternion; the largest is divided by.
  const squares = [1 + x[0] + y[1] + z[2], 1 + x[0] - y[1] - z[2], 1 - x[0] + y[1] - z[2], 1 - x[0] - y[1] + z[2]];
  const most = squares.indexOf(Math.max(...squares));
  const half = Math.sqrt(Math.max(0, squares[most])) / 2;
  const q = [
    [half, (y[2] - z[1]) / (4 * half), (z[0] - x[2]) / (4 * half), (x[1] - y[0]) / (4 * half)],
    [(y[2] - z[1]) / (4 * half), half, (x[1] + y[0]) / (4 * half), (z[0] + x[2]) / (4 * half)],
    [(z[0] - x[2]) / (4 * half), (x[1] + y[0]) / (4 * half), half, (y[2] + z[1]) / (4 * half)],
    [(x[1] - y[0]) / (4 * half), (z[0] + x[2]) / (4 * half), (y[2] + z[1]) / (4 * half), half],
  ][most];
  const sign = q[0] < 0 ? -1 : 1;
  return { bcd: [q[1] * sign, q[2] * sign, q[3] * sign], qfac };
}

/** Where the affine goes: always the sform, and the qform where it can say the same, with these codes. */
function writeGeometry(view: DataView, volume: Volume, codes: NiftiCodes): void {
  const { affine, spacing } = volume;
  const q = quaternionOf(affine);
  view.setFloat32(76, q?.qfac ?? 1, true);
  for (const [c, s] of spacing.entries()) view.setFloat32(80 + 4 * c, s, true);
  view.setUint8(123, 2); // millimetres
  view.setInt16(252, q ? codes.qform : 0, true);
  // Where the qform was all there was and cannot say it, the sform must.
  view.setInt16(254, q ? codes.sform : codes.sform || codes.qform, true);
  const numbers = [...(q?.bcd ?? [0, 0, 0]), affine[0][3], affine[1][3], affine[2][3]];
  for (const [i, v] of numbers.entries()) view.setFloat32(256 + 4 * i, v, true);
  for (const [i, v] of affine.slice(0, 3).flat().entries()) view.setFloat32(280 + 4 * i, v, true);
}

/** Little-endian bytes of values. */
function bytesOf(data: VoxelArray): Bytes {
  const little = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  if (little) return new Uint8Array(data.slice().buffer as ArrayBuffer);
  const out = new Uint8Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer);
  for (let at = 0; at < out.length; at += data.BYTES_PER_ELEMENT)
    out.subarray(at, at + data.BYTES_PER_ELEMENT).reverse();
  return out;
}

/** How it is written. */
export interface NiftiWriteOptions {
  /** .nii.gz instead of .nii. */
  readonly gzip?: boolean;
  /** At most 79 characters of ASCII, kept in the header. */
  readonly description?: string;
  /** Spaces of qform and sform, those of the image that a mask lies on; default: the scanner's. */
  readonly codes?: NiftiCodes;
  /** A text behind the header, as an extension of the kind "comment". */
  readonly comment?: string;
}

/** Code of an extension that is plain text. https://nifti.nimh.nih.gov/nifti-1/documentation/nifti1fields/nifti1fields_pages/extension.html */
export const NIFTI_COMMENT = 6;

/** The bytes between header and voxels: whether extensions follow, and the one that holds a text (padded to 16 bytes). */
function extensionOf(comment: string | undefined): Bytes {
  if (!comment) return new Uint8Array(4);
  const text = new TextEncoder().encode(comment);
  const out = new Uint8Array(4 + 16 * Math.ceil((8 + text.length) / 16));
  out[0] = 1;
  const view = new DataView(out.buffer);
  view.setInt32(4, out.length - 4, true);
  view.setInt32(8, NIFTI_COMMENT, true);
  out.set(text, 12);
  return out;
}

/**
 * The bytes of a .nii (or .nii.gz) with the volume's values in their own type, unscaled, and its affine.
 * `VolumeError` for more than 32,767 voxels along an axis, which NIfTI-1 cannot say.
 */
export async function writeNifti(volume: Volume, options: NiftiWriteOptions = {}): Promise<Bytes> {
  const { dims, data } = volume;
  if (dims.some((n) => n > 32767)) {
    throw new VolumeError(`writing NIfTI-1: ${dims.join(' × ')} voxels, at most 32767 along an axis — crop it`);
  }
  const extension = extensionOf(options.comment);
  const offset = 348 + extension.length;
  const out = new Uint8Array(offset + data.byteLength);
  const view = new DataView(out.buffer);
  view.setInt32(0, 348, true);
  view.setUint8(38, 114); // 'r', as the format asks
  for (const [i, n] of [3, ...dims, 1, 1, 1, 1].entries()) view.setInt16(40 + 2 * i, n, true);
  view.setInt16(70, codeOf(data), true);
  view.setInt16(72, data.BYTES_PER_ELEMENT * 8, true);
  view.setFloat32(108, offset, true);
  view.setFloat32(112, 1, true);
  writeGeometry(view, volume, options.codes ?? { sform: 1, qform: 1 });
  const text = (options.description ?? 'medsa-lab').replace(/[^\x20-\x7e]/g, '?').slice(0, 79);
  out.set(new TextEncoder().encode(text), 148);
  out.set(new TextEncoder().encode('n+1\0'), 344);
  out.set(extension, 348);
  out.set(bytesOf(data), offset);
  return options.gzip ? gzip(out) : out;
}

/**
 * Label values on a volume's grid, as small as they fit: uint8 to 255, int16 to 32,767 (both read everywhere), else int32.
 * `VolumeError` for values that are no whole numbers ≥ 0.
 */
export function maskVolume(grid: VolumeGrid, labels: ArrayLike<number>): Volume {
  let most = 0;
  for (let i = 0; i < labels.length; i++) {
    const v = labels[i];
    if (!(Number.isInteger(v) && v >= 0)) throw new VolumeError(`mask: value ${v} at voxel ${i}, expected a label ≥ 0`);
    if (v > most) most = v;
  }
  const make = most <= 255 ? Uint8Array : most <= 32767 ? Int16Array : Int32Array;
  return withData(grid, make.from(labels));
}
