/**
 * Volumes read anew, by the headers alone and without a line of the code under test: where each stored voxel lies and what its value is. For
 * the test of orientations. Reads what the sample files need of NIfTI, NRRD, MetaImage and uncompressed DICOM.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, inflateSync } from 'node:zlib';
import dicomParser from 'dicom-parser';

type Vector = readonly [number, number, number];

/** A volume as its header tells: RAS+, mm. */
export interface RawVolume {
  readonly dims: Vector;
  /** Steps from one voxel to the next along each stored axis. */
  readonly columns: readonly [Vector, Vector, Vector];
  readonly origin: Vector;
  /** The value at stored indices; NaN where it is no finite number. */
  readonly value: (i: number, j: number, k: number) => number;
}

const maybeGunzip = (bytes: Buffer): Buffer => (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes);
const viewOf = (b: Buffer) => new DataView(b.buffer, b.byteOffset, b.byteLength);

type Reader = (v: DataView, at: number, little: boolean) => number;
const types: Readonly<Record<string, readonly [bytes: number, read: Reader]>> = {
  u8: [1, (v, at) => v.getUint8(at)],
  i8: [1, (v, at) => v.getInt8(at)],
  u16: [2, (v, at, le) => v.getUint16(at, le)],
  i16: [2, (v, at, le) => v.getInt16(at, le)],
  u32: [4, (v, at, le) => v.getUint32(at, le)],
  i32: [4, (v, at, le) => v.getInt32(at, le)],
  f32: [4, (v, at, le) => v.getFloat32(at, le)],
  f64: [8, (v, at, le) => v.getFloat64(at, le)],
  i64: [8, (v, at, le) => Number(v.getBigInt64(at, le))],
};

function valuesOf(
  data: Buffer,
  offset: number,
  type: string,
  little: boolean,
  [nx, ny]: Vector,
  slope = 1,
  inter = 0,
): RawVolume['value'] {
  const [bytes, read] = types[type];
  const view = viewOf(data);
  return (i, j, k) => read(view, offset + bytes * (i + nx * (j + ny * k)), little) * slope + inter;
}

/** NIfTI-1 and -2: sform, else qform; null where there is neither. */
function readNiftiRaw(path: string): RawVolume | null {
  const header = maybeGunzip(readFileSync(path));
  const pair = /\.hdr(\.gz)?$/.test(path);
  const data = pair ? maybeGunzip(readFileSync(path.replace('.hdr', '.img'))) : header;
  const v = viewOf(header);
  const little = [348, 540].includes(v.getInt32(0, true));
  const two = v.getInt32(0, little) === 540;
  const real = (one: number, twoAt: number, k: number) =>
    two ? v.getFloat64(twoAt + 8 * k, little) : v.getFloat32(one + 4 * k, little);
  const size = (k: number) => (two ? Number(v.getBigInt64(16 + 8 * k, little)) : v.getInt16(40 + 2 * k, little));
  const [qform, sform] = two
    ? [v.getInt32(344, little), v.getInt32(348, little)]
    : [v.getInt16(252, little), v.getInt16(254, little)];
  const pixdim = [0, 1, 2, 3].map((k) => real(76, 104, k));
  const rank = size(0);
  const dims = [1, 2, 3].map((k) => (k <= rank ? size(k) : 1)) as unknown as Vector;
  const rows = sform > 0 ? [0, 1, 2].map((r) => [0, 1, 2, 3].map((c) => real(280, 400, 4 * r + c))) : null;
  const matrix =
    rows ??
    (qform > 0
      ? quaternion(
          [0, 1, 2].map((k) => real(256, 352, k)),
          [0, 1, 2].map((k) => real(268, 376, k)),
          pixdim,
        )
      : null);
  if (!matrix) return null;
  const code = v.getInt16(two ? 12 : 70, little);
  const type = { 2: 'u8', 4: 'i16', 8: 'i32', 16: 'f32', 64: 'f64', 256: 'i8', 512: 'u16', 768: 'u32', 1024: 'i64' }[
    code
  ];
  if (!type) throw new Error(`${path}: datatype ${code} is not read here`);
  const offset = pair ? 0 : two ? Number(v.getBigInt64(168, little)) : v.getFloat32(108, little);
  const slope = real(112, 176, 0);
  const inter = real(116, 184, 0);
  const scaled = slope !== 0 && Number.isFinite(slope);
  const column = (c: number) => [matrix[0][c], matrix[1][c], matrix[2][c]] as const;
  const value = valuesOf(data, offset, type, little, dims, scaled ? slope : 1, scaled ? inter : 0);
  return { dims, columns: [column(0), column(1), column(2)], origin: column(3), value };
}

/** nifti1.h, method 2. */
function quaternion([b, c, d]: number[], offset: number[], pixdim: number[]): number[][] {
  const a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d));
  const qfac = pixdim[0] < 0 ? -1 : 1;
  const r = [
    [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
    [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
    [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - c * c - b * b],
  ];
  return r.map((row, k) => [row[0] * pixdim[1], row[1] * pixdim[2], row[2] * pixdim[3] * qfac, offset[k]]);
}

const lps = ([x, y, z]: readonly number[]): Vector => [-x, -y, z];

function readNrrdRaw(path: string): RawVolume {
  const bytes = readFileSync(path);
  const end = bytes.indexOf('\n\n');
  const text = bytes.subarray(0, end < 0 ? bytes.length : end).toString('latin1');
  const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'mi').exec(text)?.[1].trim() ?? '';
  const vectors = (s: string) => [...s.matchAll(/\(([^)]*)\)/g)].map((m) => m[1].split(',').map(Number));
  if (field('space') !== 'left-posterior-superior')
    throw new Error(`${path}: space ${field('space')} is not read here`);
  const dims = field('sizes').split(/\s+/).map(Number) as unknown as Vector;
  const file = field('data file');
  const packed = file ? readFileSync(join(dirname(path), file)) : bytes.subarray(end + 2);
  const data = field('encoding') === 'raw' ? packed : gunzipSync(packed);
  const names: Record<string, string> = {
    short: 'i16',
    'unsigned short': 'u16',
    'unsigned char': 'u8',
    float: 'f32',
    int: 'i32',
  };
  const [x, y, z] = vectors(field('space directions')).map(lps);
  const [origin] = vectors(field('space origin')).map(lps);
  const type = names[field('type')] ?? field('type');
  return { dims, columns: [x, y, z], origin, value: valuesOf(data, 0, type, field('endian') !== 'big', dims) };
}

function readMetaRaw(path: string): RawVolume {
  const bytes = readFileSync(path);
  const key = 'ElementDataFile';
  const line = bytes.indexOf(key);
  const end = bytes.indexOf('\n', line) + 1;
  const text = bytes.subarray(0, end || bytes.length).toString('latin1');
  const field = (name: string) => new RegExp(`^${name} *= *(.*)$`, 'm').exec(text)?.[1].trim() ?? '';
  const numbers = (name: string) => field(name).split(/\s+/).map(Number);
  const dims = numbers('DimSize') as unknown as Vector;
  const [matrix, spacing] = [numbers('TransformMatrix'), numbers('ElementSpacing')];
  // Each row of three of the matrix is the direction of one axis.
  const column = (c: number) => lps([0, 1, 2].map((k) => matrix[3 * c + k] * spacing[c]));
  const file = field(key);
  const packed = file === 'LOCAL' ? bytes.subarray(end) : readFileSync(join(dirname(path), file));
  const data = field('CompressedData') === 'True' ? inflateSync(packed) : packed;
  const type = { MET_SHORT: 'i16', MET_FLOAT: 'f32', MET_UCHAR: 'u8', MET_USHORT: 'u16' }[field('ElementType')] ?? '';
  const little = field('BinaryDataByteOrderMSB') !== 'True';
  return {
    dims,
    columns: [column(0), column(1), column(2)],
    origin: lps(numbers('Offset')),
    value: valuesOf(data, 0, type, little, dims),
  };
}

/** What one DICOM file says by its tags ImagePositionPatient, ImageOrientationPatient and PixelSpacing; null where it lacks them. */
function readSliceRaw(path: string) {
  const bytes = readFileSync(path);
  if (bytes.toString('latin1', 128, 132) !== 'DICM') return null;
  const d = dicomParser.parseDicom(bytes);
  const said = ['x00200032', 'x00200037', 'x00280030', 'x7fe00010'].every((tag) => d.elements[tag]?.length);
  const plain = /^1\.2\.840\.10008\.1\.2(\.[12])?$/.test(d.string('x00020010') ?? '');
  if (!said || !plain || d.uint16('x00280002') !== 1 || (d.intString('x00280008') ?? 1) > 1) return null;
  const numbers = (tag: string) => (d.string(tag) ?? '').split('\\').map(Number);
  const [ipp, iop, spacing] = [numbers('x00200032'), numbers('x00200037'), numbers('x00280030')];
  const [row, down] = [iop.slice(0, 3), iop.slice(3)];
  const normal = [0, 1, 2].map((k) => row[(k + 1) % 3] * down[(k + 2) % 3] - row[(k + 2) % 3] * down[(k + 1) % 3]);
  const at = ipp.reduce((sum, x, k) => sum + x * normal[k], 0);
  const size = [d.uint16('x00280011') ?? 0, d.uint16('x00280010') ?? 0];
  const type = `${d.uint16('x00280103') ? 'i' : 'u'}${d.uint16('x00280100')}`;
  const rescale = (tag: string, fallback: number) => d.floatString(tag) ?? fallback;
  const value = valuesOf(
    bytes,
    d.elements.x7fe00010.dataOffset,
    type,
    d.string('x00020010') !== '1.2.840.10008.1.2.2',
    [size[0], size[1], 1],
    rescale('x00281053', 1),
    rescale('x00281052', 0),
  );
  const thickness = d.floatString('x00180088') ?? d.floatString('x00180050') ?? 1;
  return { path, ipp, row, down, normal, spacing, thickness, at, size, value };
}

/** The files of a series in order, those of its longest stretch without a gap. */
export function withoutGap(paths: readonly string[]): string[] {
  const slices = paths.flatMap((p) => readSliceRaw(p) ?? []).sort((a, b) => a.at - b.at);
  const least = Math.min(...slices.slice(1).map((s, i) => s.at - slices[i].at));
  const parts: (typeof slices)[] = [];
  for (const [i, s] of slices.entries()) {
    if (i === 0 || s.at - slices[i - 1].at > 1.1 * least) parts.push([]);
    parts[parts.length - 1].push(s);
  }
  const longest = parts.reduce((a, b) => (b.length > a.length ? b : a));
  return longest.map((s) => s.path);
}

/** Whether a file is a plain grey DICOM picture that says where it lies in the patient. */
export const isPlacedSlice = (path: string): boolean => readSliceRaw(path) !== null;

/** A DICOM series, or one file: slices in the order of their positions along the normal. */
export function readSeriesRaw(paths: readonly string[]): RawVolume {
  const slices = paths.flatMap((p) => readSliceRaw(p) ?? []);
  if (slices.length < paths.length) throw new Error(`${paths[0]}: not all files say where they lie`);
  slices.sort((a, b) => a.at - b.at);
  const [first] = slices;
  const last = slices[slices.length - 1];
  const step =
    slices.length > 1
      ? first.ipp.map((x, k) => (last.ipp[k] - x) / (slices.length - 1))
      : first.normal.map((x) => x * first.thickness);
  return {
    dims: [first.size[0], first.size[1], slices.length],
    // PixelSpacing is that between rows, then that between columns.
    columns: [
      lps(first.row.map((x) => x * first.spacing[1])),
      lps(first.down.map((x) => x * first.spacing[0])),
      lps(step),
    ],
    origin: lps(first.ipp),
    value: (i, j, k) => slices[k].value(i, j, 0),
  };
}

/** Reads a file by its name; null where its header says nothing of orientation. */
export function readRaw(path: string): RawVolume | null {
  if (/\.(nii|hdr)(\.gz)?$/.test(path)) return readNiftiRaw(path);
  return /\.n(rrd|hdr)$/.test(path) ? readNrrdRaw(path) : readMetaRaw(path);
}
