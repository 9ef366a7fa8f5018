// Reading NRRD: attached (.nrrd) and detached (.nhdr with a data file beside it); raw, gzip and text. Axes without a
// direction in space are channels.
import { type Affine, affineOf, axesOf, checkSpans, spacingOf, type Triple } from './affine';
import { arrayBytes, arrayFile, checkLength, textVoxels } from './arrayFile';
import { type Bytes, readSlice } from './bytes';
import { VolumeError } from './errors';
import { maxDeflateRatio, unpackPart } from './gunzip';
import { type Fields, namesOf, need, parseFields } from './nrrdFields';
import { checkDims, checkSpacing, type VolumeFile, type VolumeInfo } from './volume';
import { storedBytes } from './voxels';

type Beside = (name: string) => Promise<Blob | null>;

/** Longest header that is read. */
const maxHeaderBytes = 2 ** 20;

const baseTypes: Readonly<Record<string, string>> = {
  ...{ char: 'int8', short: 'int16', int: 'int32', longlong: 'int64', float: 'float32', double: 'float64' },
  ...{ uchar: 'uint8', ushort: 'uint16', uint: 'uint32', ulonglong: 'uint64' },
};

/** The dtype of NRRD's many names: "unsigned short int", "uint16_t", "ushort". */
function dtypeOf(type: string, name: string): string {
  const bare = type.toLowerCase().replace(/_t$/, '');
  if (storedBytes[bare]) return bare;
  const words = bare
    .replace(/\blong long\b/, 'longlong')
    .replace(/\b(signed|short|longlong) int\b/, '$1')
    .split(' ');
  const kind = words.filter((w) => w !== 'signed' && w !== 'unsigned').join('') || 'int';
  const found = baseTypes[words.includes('unsigned') ? `u${kind}` : kind];
  if (!found)
    throw new VolumeError(`${name}: NRRD type ${JSON.stringify(type)} is not read — save it as short or float`);
  return found;
}

const numbers = (text: string): number[] => text.split(/\s+/).map((w) => (/^nan$/i.test(w) ? Number.NaN : Number(w)));

/** Signs that bring a space's axes to right, anterior, superior; and whether the space says so. */
function spaceSigns(space: string | undefined): { signs: Triple; known: boolean } {
  const code = (space ?? '').toLowerCase().replace(/-time$/, '');
  const full = { ras: 'right-anterior-superior', las: 'left-anterior-superior', lps: 'left-posterior-superior' };
  const found = Object.entries(full).find(([short, long]) => code === short || code === long)?.[0] ?? '';
  const signs: Readonly<Record<string, Triple>> = { ras: [1, 1, 1], las: [-1, 1, 1], lps: [-1, -1, 1] };
  return { signs: signs[found] ?? signs.lps, known: found !== '' };
}

const vectorOf = (text: string): number[] | null =>
  text === 'none' ? null : text.replace(/[()]/g, '').split(',').map(Number);

interface Axes {
  /** Direction of each stored axis in its space, null for channels. */
  readonly directions: readonly (readonly number[] | null)[];
  readonly affine: (spatial: readonly number[]) => Affine;
}

/** Directions from "space directions", or from "spacings" where there are none. */
function axesFrom(fields: Fields, sizes: readonly number[], name: string, notes: string[]): Axes {
  const { signs, known } = spaceSigns(fields.get('space'));
  if (!known) notes.push('the header does not say how the image is oriented; LPS is assumed');
  const vectors = fields
    .get('space directions')
    ?.match(/none|\([^)]*\)/g)
    ?.map(vectorOf);
  const origin = vectorOf(fields.get('space origin') ?? '(0,0,0)') ?? [0, 0, 0];
  let directions: (readonly number[] | null)[];
  if (vectors) directions = vectors;
  else {
    const spacings = fields.has('spacings')
      ? numbers(need(fields, 'spacings', name))
      : sizes.map((_, a) => (a < 3 ? 1 : Number.NaN));
    let seen = 0;
    directions = spacings.map((s) => (Number.isNaN(s) ? null : unit(seen++, s)));
  }
  if (directions.length !== sizes.length)
    throw new VolumeError(`${name}: ${directions.length} directions for ${sizes.length} axes — the header is damaged`);
  const toRas = (v: readonly number[]): Triple => [
    signs[0] * (v[0] ?? 0),
    signs[1] * (v[1] ?? 0),
    signs[2] * (v[2] ?? 0),
  ];
  const affine = (spatial: readonly number[]): Affine => {
    const column = (c: number): Triple => (c < spatial.length ? toRas(directions[spatial[c]] ?? []) : [0, 0, 1]);
    return affineOf(column(0), column(1), column(2), toRas(origin));
  };
  return { directions, affine };
}

const unit = (axis: number, length: number): number[] => [0, 1, 2].map((r) => (r === axis ? length : 0));

function infoOf(fields: Fields, name: string): { info: VolumeInfo; dtype: string; parts: number } {
  const notes: string[] = [];
  const dtype = dtypeOf(need(fields, 'type', name), name);
  const shape = numbers(need(fields, 'sizes', name));
  if (shape.length !== Number(need(fields, 'dimension', name)))
    throw new VolumeError(
      `${name}: ${shape.length} sizes for dimension ${fields.get('dimension')} — the header is damaged`,
    );
  checkDims(name, shape, 0);
  const { directions, affine: affineFor } = axesFrom(fields, shape, name, notes);
  const spatial = directions.flatMap((d, a) => (d ? [a] : []));
  const first = spatial[0] ?? 0;
  const together = spatial.every((a, i) => a === first + i);
  if (spatial.length < 2 || spatial.length > 3 || !together) {
    throw new VolumeError(
      `${name}: ${spatial.length} of ${shape.length} axes have a direction in space, expected 2 or 3 that follow each other — convert it to NIfTI`,
    );
  }
  const dims: Triple = [shape[first], shape[first + 1], spatial.length === 3 ? shape[first + 2] : 1];
  const parts = shape.slice(0, first).reduce((n, d) => n * d, 1);
  const channels = shape.slice(first + spatial.length).reduce((n, d) => n * d, parts);
  checkDims(name, dims, storedBytes[dtype] * parts);
  const affine = affineFor(spatial);
  checkSpacing(name, spacingOf(affine));
  checkSpans(affine, name);
  const big = fields.get('endian')?.toLowerCase() === 'big';
  const common = {
    name,
    format: 'NRRD',
    shape,
    dtype,
    endian: big ? 'big' : 'little',
    slope: 1,
    intercept: 0,
  } as const;
  return {
    info: {
      ...common,
      dims,
      channels,
      affine,
      axes: axesOf(affine),
      spacing: spacingOf(affine),
      notes,
      names: namesOf(fields),
    },
    dtype,
    parts,
  };
}

/** The text of the header, and where it ends; `VolumeError` where no end is found. */
async function headerOf(blob: Blob, name: string): Promise<{ text: string; end: number }> {
  const head = await readSlice(blob, 0, Math.min(blob.size, maxHeaderBytes), name);
  const text = new TextDecoder('latin1').decode(head);
  const blank = /\r?\n\r?\n/.exec(text);
  if (blank) return { text: text.slice(0, blank.index), end: blank.index + blank[0].length };
  if (blob.size <= maxHeaderBytes && /^data ?file: /im.test(text)) return { text: text.trimEnd(), end: blob.size };
  throw new VolumeError(`${name}: the NRRD header does not end — it is truncated; get it again`);
}

/** The part of a file that holds the voxels. */
async function dataBlob(
  blob: Blob,
  end: number,
  fields: Fields,
  name: string,
  beside: Beside,
): Promise<{ data: Blob; from: string }> {
  const file = fields.get('data file');
  if (file === undefined) return { data: blob.slice(end), from: name };
  if (/^LIST\b|%|\s\d/.test(file))
    throw new VolumeError(`${name}: its voxels lie in several files (${file}) — join them, or convert it to NIfTI`);
  const bare = file.replace(/^\.\//, '');
  const data = /[/\\]/.test(bare) ? null : await beside(bare);
  if (!data)
    throw new VolumeError(
      `${name}: its voxels lie in ${JSON.stringify(file)}, which is not beside it — give both files from one folder`,
    );
  return { data, from: bare };
}

async function skipped(data: Blob, fields: Fields, bytes: number, name: string): Promise<Blob> {
  const lines = Number(fields.get('line skip') ?? fields.get('lineskip') ?? 0);
  const skip = Number(fields.get('byte skip') ?? fields.get('byteskip') ?? 0);
  if (!(Number.isInteger(lines) && lines >= 0 && Number.isInteger(skip) && skip >= -1))
    throw new VolumeError(`${name}: "line skip" ${lines} and "byte skip" ${skip} — the header is damaged`);
  if (skip === -1) return data.slice(Math.max(0, data.size - bytes));
  let at = 0;
  if (lines > 0) {
    const head = await readSlice(data, 0, Math.min(data.size, maxHeaderBytes), name);
    for (let n = 0; n < lines; n++) at = head.indexOf(10, at) + 1 || head.length;
  }
  return data.slice(at + skip);
}

/**
 * Opens an NRRD file; `beside` gives the data file of a detached header. `VolumeError`, in words, for encodings other than
 * raw, gzip and text, for headers that lie, and for everything that NIfTI is refused for.
 */
export async function openNrrd(blob: Blob, name: string, beside: Beside = async () => null): Promise<VolumeFile> {
  const { text, end } = await headerOf(blob, name);
  const fields = parseFields(text, name);
  const layout = infoOf(fields, name);
  const { info, dtype } = layout;
  const bytes = arrayBytes(info, dtype);
  const encoding = need(fields, 'encoding', name).toLowerCase();
  const { data, from } = await dataBlob(blob, end, fields, name, beside);
  const voxels = await skipped(data, encoding === 'raw' ? fields : new Map(fields).set('byte skip', '0'), bytes, name);
  if (encoding === 'raw') {
    checkLength(from, info, bytes, voxels.size, false);
    return arrayFile({ ...layout, range: (a, b) => readSlice(voxels, a, b, from) });
  }
  const whole = (read: () => Promise<Bytes>) => async (a: number, b: number) => (await read()).slice(a, b);
  if (encoding === 'gzip' || encoding === 'gz') {
    checkLength(from, info, bytes, voxels.size * maxDeflateRatio, true);
    return arrayFile({ ...layout, range: async (a, b) => (await unpackPart(voxels, from, 'gzip', b)).slice(a) });
  }
  if (['ascii', 'text', 'txt'].includes(encoding)) {
    checkLength(from, info, 2 * (bytes / storedBytes[dtype]) - 1, voxels.size, false);
    const read = async () => textVoxels(await voxels.text(), dtype, bytes / storedBytes[dtype], from);
    return arrayFile({ ...layout, info: { ...info, endian: 'little' }, range: whole(read) });
  }
  throw new VolumeError(
    `${name}: NRRD encoding ${JSON.stringify(encoding)} is not read (raw, gzip and text are) — save it with gzip`,
  );
}
