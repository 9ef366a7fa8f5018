// Reading MetaImage: .mha, and .mhd with a raw file beside it; plain, zlib-packed or as text. The space is ITK's (LPS).
import { affineOf, axesOf, checkSpans, spacingOf, type Triple } from './affine';
import { arrayBytes, arrayFile, checkLength, textVoxels } from './arrayFile';
import { readSlice } from './bytes';
import { VolumeError } from './errors';
import { maxDeflateRatio, unpackPart } from './gunzip';
import { checkDims, checkSpacing, type VolumeFile, type VolumeInfo } from './volume';
import { storedBytes } from './voxels';

type Beside = (name: string) => Promise<Blob | null>;

/** Longest header that is read. */
const maxHeaderBytes = 2 ** 18;

const types: Readonly<Record<string, string>> = {
  ...{ MET_CHAR: 'int8', MET_UCHAR: 'uint8', MET_SHORT: 'int16', MET_USHORT: 'uint16' },
  ...{ MET_INT: 'int32', MET_UINT: 'uint32', MET_LONG: 'int32', MET_ULONG: 'uint32' },
  ...{ MET_LONG_LONG: 'int64', MET_ULONG_LONG: 'uint64', MET_FLOAT: 'float32', MET_DOUBLE: 'float64' },
};

type Fields = ReadonlyMap<string, string>;

/** Fields of the header, which ends with the line ElementDataFile. */
async function headerOf(blob: Blob, name: string): Promise<{ fields: Fields; end: number }> {
  const head = await readSlice(blob, 0, Math.min(blob.size, maxHeaderBytes), name);
  const text = new TextDecoder('latin1').decode(head);
  const last = /^ElementDataFile\s*=\s*(.*?)[ \t\r]*(\n|$)/m.exec(text);
  if (!last)
    throw new VolumeError(`${name}: the MetaImage header has no line ElementDataFile — it is truncated; get it again`);
  const end = last.index + last[0].length;
  const lines = text
    .slice(0, end)
    .split(/\r?\n/)
    .map((line) => /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line));
  return { fields: new Map(lines.flatMap((m) => (m ? [[m[1], m[2]] as const] : []))), end };
}

const isTrue = (text: string | undefined): boolean => /^(true|t|1|yes)$/i.test(text ?? '');

function numbersOf(
  fields: Fields,
  keys: readonly string[],
  count: number,
  fallback: number[] | null,
  name: string,
): number[] {
  const key = keys.find((k) => fields.has(k));
  const found = key ? (fields.get(key) ?? '').split(/\s+/).map(Number) : fallback;
  if (found?.length === count) return found;
  throw new VolumeError(
    `${name}: the MetaImage header gives ${found?.length ?? 'no'} values for ${keys[0]}, expected ${count} — it is damaged`,
  );
}

function affineFrom(fields: Fields, n: number, name: string) {
  const identity = Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
  const matrix = numbersOf(fields, ['TransformMatrix', 'Rotation', 'Orientation'], n * n, identity, name);
  const spacing = numbersOf(fields, ['ElementSpacing', 'ElementSize'], n, Array(n).fill(1), name);
  checkSpacing(name, spacing.slice(0, 3));
  const offset = numbersOf(fields, ['Offset', 'Position', 'Origin'], n, Array(n).fill(0), name);
  const lps = (v: readonly number[]): Triple => [-(v[0] ?? 0), -(v[1] ?? 0), v[2] ?? 0];
  // Row c of the matrix is the direction of axis c.
  const column = (c: number): Triple =>
    c < n ? lps([0, 1, 2].map((r) => (r < n ? matrix[c * n + r] * spacing[c] : 0))) : [0, 0, 1];
  return affineOf(column(0), column(1), column(2), lps(offset));
}

function infoOf(fields: Fields, name: string): { info: VolumeInfo; dtype: string; parts: number } {
  const n = Number(fields.get('NDims'));
  if (!(n >= 2 && n <= 4 && Number.isInteger(n)))
    throw new VolumeError(
      `${name}: NDims is ${fields.get('NDims')}, expected 2, 3 or 4 — it is damaged, or not an image`,
    );
  const type = fields.get('ElementType') ?? '';
  const dtype = types[type];
  if (!dtype)
    throw new VolumeError(
      `${name}: ElementType ${JSON.stringify(type)} is not read — save it as MET_SHORT or MET_FLOAT`,
    );
  const sizes = numbersOf(fields, ['DimSize'], n, null, name);
  const [parts] = numbersOf(fields, ['ElementNumberOfChannels'], 1, [1], name);
  const shape = parts === 1 ? sizes : [parts, ...sizes];
  checkDims(name, shape, 0);
  const dims: Triple = [sizes[0], sizes[1], sizes[2] ?? 1];
  checkDims(name, dims, storedBytes[dtype] * parts);
  const affine = affineFrom(fields, n, name);
  checkSpans(affine, name);
  const big = isTrue(fields.get('ElementByteOrderMSB') ?? fields.get('BinaryDataByteOrderMSB'));
  const common = {
    name,
    format: 'MetaImage',
    shape,
    dtype,
    endian: big ? 'big' : 'little',
    slope: 1,
    intercept: 0,
  } as const;
  const channels = parts * (sizes[3] ?? 1);
  return {
    info: { ...common, dims, channels, affine, axes: axesOf(affine), spacing: spacingOf(affine), notes: [] },
    dtype,
    parts,
  };
}

async function dataBlob(blob: Blob, end: number, fields: Fields, bytes: number, name: string, beside: Beside) {
  const file = fields.get('ElementDataFile') ?? '';
  if (/^LOCAL$/i.test(file)) return { data: blob.slice(end), from: name };
  if (/^LIST\b|%/i.test(file))
    throw new VolumeError(`${name}: its voxels lie in several files (${file}) — convert it to NIfTI`);
  const bare = file.replace(/^\.\//, '');
  const data = /[/\\]/.test(bare) ? null : await beside(bare);
  if (!data)
    throw new VolumeError(
      `${name}: its voxels lie in ${JSON.stringify(file)}, which is not beside it — give both files from one folder`,
    );
  const skip = Number(fields.get('HeaderSize') ?? 0);
  const start = skip === -1 ? Math.max(0, data.size - bytes) : Math.max(0, skip);
  return { data: data.slice(start), from: bare };
}

/**
 * Opens a MetaImage file; `beside` gives the raw file of an .mhd. `VolumeError`, in words, for headers that lie and for
 * everything that NIfTI is refused for.
 */
export async function openMetaImage(blob: Blob, name: string, beside: Beside = async () => null): Promise<VolumeFile> {
  const { fields, end } = await headerOf(blob, name);
  const layout = infoOf(fields, name);
  const { info, dtype } = layout;
  const bytes = arrayBytes(info, dtype);
  const { data, from } = await dataBlob(blob, end, fields, bytes, name, beside);
  if (isTrue(fields.get('CompressedData'))) {
    checkLength(from, info, bytes, data.size * maxDeflateRatio, true);
    return arrayFile({ ...layout, range: async (a, b) => (await unpackPart(data, from, 'deflate', b)).slice(a) });
  }
  if (fields.has('BinaryData') && !isTrue(fields.get('BinaryData'))) {
    const count = bytes / storedBytes[dtype];
    checkLength(from, info, 2 * count - 1, data.size, false);
    const range = async (a: number, b: number) => textVoxels(await data.text(), dtype, count, from).slice(a, b);
    return arrayFile({ ...layout, info: { ...info, endian: 'little' }, range });
  }
  checkLength(from, info, bytes, data.size, false);
  return arrayFile({ ...layout, range: (a, b) => readSlice(data, a, b, from) });
}
