// The header of a NIfTI-1 or -2 file: parsed by nifti-reader-js, checked here before anything is allocated, and turned
// into sizes, type, scale and affine. Not responsible for voxels.
import { type NIFTI1, NIFTI2, readHeader } from 'nifti-reader-js';
import { axesOf, obliquity, spacingOf, type Triple } from './affine';
import { type Bytes, startsWith, viewOf } from './bytes';
import { VolumeError, wordsOf } from './errors';
import { codesOf, geometry } from './niftiGeometry';
import { checkDims, type VolumeInfo } from './volume';

/** One stored type: name, bytes of one number, numbers a voxel. */
export interface NiftiType {
  readonly name: string;
  readonly bytes: number;
  readonly parts: number;
}

const type = (name: string, bytes: number, parts = 1): NiftiType => ({ name, bytes, parts });

/** Types by NIfTI code; those that no reader here decodes are named so that a refusal can say what it met. */
const types: Readonly<Record<number, NiftiType>> = {
  2: type('uint8', 1),
  4: type('int16', 2),
  8: type('int32', 4),
  16: type('float32', 4),
  32: type('complex64', 4, 2),
  64: type('float64', 8),
  128: type('rgb24', 1, 3),
  256: type('int8', 1),
  512: type('uint16', 2),
  768: type('uint32', 4),
  1024: type('int64', 8),
  1280: type('uint64', 8),
  1792: type('complex128', 8, 2),
  2304: type('rgba32', 1, 4),
};
const refused: Readonly<Record<number, string>> = { 0: 'unknown', 1: 'binary', 1536: 'float128', 2048: 'complex256' };

/** What reading the voxels needs to know. */
export interface NiftiHeader {
  readonly info: VolumeInfo;
  readonly type: NiftiType;
  /** First byte of the voxels, in this file or in the .img of a pair. */
  readonly offset: number;
  /** The voxels lie in a second file. */
  readonly pair: boolean;
  /** Codes and contents of the header's extensions. */
  readonly extensions: readonly { readonly code: number; readonly bytes: Bytes }[];
  readonly sformCode: number;
  readonly qformCode: number;
}

/** Bytes from the start of a file that hold any NIfTI header without its extensions. */
export const niftiHeaderBytes = 544;

function parse(bytes: Bytes, name: string): NIFTI1 | NIFTI2 {
  const little = bytes.length >= 4 ? viewOf(bytes).getInt32(0, true) : 0;
  const big = bytes.length >= 4 ? viewOf(bytes).getInt32(0, false) : 0;
  const size = [348, 540].find((n) => n === little || n === big);
  if (!size) {
    throw new VolumeError(
      `${name}: it is no NIfTI file (its header's size is ${little}, expected 348 or 540) — choose a .nii, .nii.gz or .hdr file`,
    );
  }
  if (bytes.length < size) {
    throw new VolumeError(
      `${name}: the header ends after ${bytes.length} of ${size} bytes — it is truncated; get it again`,
    );
  }
  const magic = size === 348 ? 344 : 4;
  if (!['n+1', 'ni1', 'n+2', 'ni2'].some((m) => startsWith(bytes, m, magic))) {
    const analyze =
      size === 348
        ? 'it looks like an ANALYZE 7.5 header, which does not say how the image is oriented'
        : 'it is damaged';
    throw new VolumeError(`${name}: the NIfTI magic is missing; ${analyze} — convert it to NIfTI`);
  }
  try {
    return readHeader(bytes.slice(0, size).buffer, true); // without extensions, which are read below within bounds
  } catch (error) {
    throw new VolumeError(`${name}: the NIfTI header does not parse (${wordsOf(error)}) — get it again`, {
      cause: error,
    });
  }
}

function shapeOf(h: NIFTI1 | NIFTI2, name: string): number[] {
  const n = h.dims[0];
  if (!(Number.isInteger(n) && n >= 1 && n <= 7)) {
    throw new VolumeError(`${name}: the header names ${n} dimensions, expected 1 to 7 — it is damaged`);
  }
  return h.dims.slice(1, n + 1);
}

function typeOf(h: NIFTI1 | NIFTI2, name: string): NiftiType {
  const found = types[h.datatypeCode];
  if (!found) {
    const known = refused[h.datatypeCode] ?? 'unknown';
    throw new VolumeError(
      `${name}: voxels of type ${known} (NIfTI code ${h.datatypeCode}) are not read — save it as int16 or float32`,
    );
  }
  const bits = found.bytes * found.parts * 8;
  if (h.numBitsPerVoxel !== bits) {
    throw new VolumeError(
      `${name}: the header says ${found.name} and ${h.numBitsPerVoxel} bits a voxel, expected ${bits} — it is damaged`,
    );
  }
  return found;
}

/** First byte of the voxels. */
function offsetOf(h: NIFTI1 | NIFTI2, pair: boolean, name: string, notes: string[]): number {
  const least = pair ? 0 : h instanceof NIFTI2 ? 544 : 352;
  if (h.vox_offset === 0 && least > 0) {
    notes.push(`the header does not say where the voxels begin; byte ${least} is taken`);
    return least;
  }
  if (!(Number.isInteger(h.vox_offset) && h.vox_offset >= least && h.vox_offset <= 2 ** 31)) {
    throw new VolumeError(
      `${name}: voxels are said to begin at byte ${h.vox_offset}, expected at least ${least} — the header is damaged`,
    );
  }
  return h.vox_offset;
}

/** No scale where the slope is 0 or no number, as the standard says. */
function scaleOf(h: NIFTI1 | NIFTI2): { slope: number; intercept: number } {
  const none = h.scl_slope === 0 || !Number.isFinite(h.scl_slope);
  return none
    ? { slope: 1, intercept: 0 }
    : { slope: h.scl_slope, intercept: Number.isFinite(h.scl_inter) ? h.scl_inter : 0 };
}

/** Code and bytes of each extension between the header and `end`; stops, with a note, at one that does not fit. */
function extensionsOf(bytes: Bytes, h: NIFTI1 | NIFTI2, end: number, notes: string[]): NiftiHeader['extensions'] {
  const out: { code: number; bytes: Bytes }[] = [];
  const size = h instanceof NIFTI2 ? 540 : 348;
  if (bytes.length < size + 4 || bytes[size] === 0) return out;
  const view = viewOf(bytes);
  let at = size + 4;
  while (at + 8 <= Math.min(end, bytes.length)) {
    const length = view.getInt32(at, h.littleEndian);
    if (length < 8 || at + length > Math.min(end, bytes.length)) {
      notes.push(`a header extension at byte ${at} claims ${length} bytes and is passed over`);
      break;
    }
    out.push({ code: view.getInt32(at + 4, h.littleEndian), bytes: bytes.slice(at + 8, at + length) });
    at += length;
  }
  return out;
}

/**
 * Reads the first bytes of a .nii or .hdr (unpacked; extensions as far as `bytes` reach). `VolumeError` for what is no
 * NIfTI, for dimensions, types and spacings that are none, and for an affine without a grid.
 */
export function readNiftiHeader(bytes: Bytes, name: string): NiftiHeader {
  const h = parse(bytes, name);
  const notes: string[] = [];
  const shape = shapeOf(h, name);
  const stored = typeOf(h, name);
  const dims: Triple = [shape[0], shape[1] ?? 1, shape[2] ?? 1];
  checkDims(name, shape, 0);
  checkDims(name, dims, stored.bytes * stored.parts);
  const affine = geometry(bytes, h, dims, name, notes);
  const pair = startsWith(bytes, 'ni', h instanceof NIFTI2 ? 4 : 344);
  const offset = offsetOf(h, pair, name, notes);
  const tilt = obliquity(affine);
  if (tilt > 0.5) notes.push(`the grid is oblique by ${tilt.toFixed(1)}°; the closest axes are used`);
  const info: VolumeInfo = {
    name,
    format: h instanceof NIFTI2 ? 'NIfTI-2' : 'NIfTI-1',
    shape,
    dtype: stored.name,
    endian: h.littleEndian ? 'little' : 'big',
    ...scaleOf(h),
    dims,
    channels: shape.slice(3).reduce((n, d) => n * d, stored.parts),
    affine,
    axes: axesOf(affine),
    spacing: spacingOf(affine),
    notes,
    codes: codesOf(bytes, h),
  };
  const extensions = extensionsOf(bytes, h, pair ? bytes.length : offset, notes);
  return { info, type: stored, offset, pair, extensions, sformCode: h.sform_code, qformCode: h.qform_code };
}
