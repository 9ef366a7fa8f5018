// One DICOM file as one slice: parsed by dicom-parser, refused by name where its pixels are compressed, in colour, or not
// a picture at all. Pixels are not decoded here; what is said of them is checked.
import dicomParser, { type DataSet } from 'dicom-parser';
import type { Triple } from './affine';
import { type Bytes, readSlice } from './bytes';
import { plainDicom } from './dicomDeflate';
import { maxRleRatio, rleSyntax } from './dicomRle';
import { CheckpointError, VolumeError, wordsOf } from './errors';
import { checkDims, checkSpacing } from './volume';

/** What one file says. */
export interface DicomSlice {
  readonly name: string;
  readonly blob: Blob;
  readonly modality: string;
  /** Series Instance UID; '' where the file has none. */
  readonly series: string;
  readonly columns: number;
  readonly rows: number;
  /** Type of the stored numbers. */
  readonly dtype: 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32';
  readonly endian: 'little' | 'big';
  /** Bits of each number that count; overlays may stand above. */
  readonly bitsStored: number;
  /** First byte of the pixels in the file. */
  readonly offset: number;
  /** Of the pixels, unpacked. */
  readonly bytes: number;
  /** The pixels are packed (RLE Lossless). */
  readonly rle: boolean;
  readonly slope: number;
  readonly intercept: number;
  /** mm between columns, and between rows; null where the file does not say. */
  readonly spacing: readonly [number, number] | null;
  /** Centre of the first pixel in mm, LPS; null where the file does not say. */
  readonly position: Triple | null;
  /** Directions of a row and of a column, LPS; null where the file does not say. */
  readonly orientation: readonly [Triple, Triple] | null;
  /** mm to the next slice as stated, or null. */
  readonly thickness: number | null;
  readonly notes: readonly string[];
}

/** Most bytes of one file. */
const maxFileBytes = 512 * 2 ** 20;

const plainSyntaxes: Readonly<Record<string, 'little' | 'big'>> = {
  '1.2.840.10008.1.2': 'little',
  '1.2.840.10008.1.2.1': 'little',
  '1.2.840.10008.1.2.2': 'big',
};

const syntaxNames: readonly [string, string][] = [
  ['1.2.840.10008.1.2.1.99', 'deflated'],
  [rleSyntax, 'RLE'],
  ['1.2.840.10008.1.2.4.50', 'JPEG baseline'],
  ['1.2.840.10008.1.2.4.51', 'JPEG extended'],
  ['1.2.840.10008.1.2.4.57', 'lossless JPEG'],
  ['1.2.840.10008.1.2.4.70', 'lossless JPEG'],
  ['1.2.840.10008.1.2.4.8', 'JPEG-LS'],
  ['1.2.840.10008.1.2.4.9', 'JPEG 2000'],
  ['1.2.840.10008.1.2.4.10', 'MPEG video'],
  ['1.2.840.10008.1.2.4.20', 'High-Throughput JPEG 2000'],
];

function parse(bytes: Bytes, name: string): DataSet {
  if (bytes.length < 132 || new TextDecoder('latin1').decode(bytes.subarray(128, 132)) !== 'DICM') {
    throw new VolumeError(
      `${name}: it is no DICOM file (DICM is missing at byte 128) — export it again as DICOM Part 10`,
    );
  }
  try {
    // Deflated files were unpacked before; of those that were not (segmentations) the meta header says what they are.
    return dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010', inflater: () => undefined });
  } catch (error) {
    const words = typeof error === 'object' && error !== null && 'exception' in error ? error.exception : error;
    const meta = metaOf(bytes);
    if (meta) checkSyntax(meta, name);
    throw new VolumeError(
      `${name}: the DICOM file does not parse (${wordsOf(words)}) — it is truncated or damaged; get it again`,
      { cause: error },
    );
  }
}

/** The meta header alone, or null. */
function metaOf(bytes: Bytes): DataSet | null {
  try {
    return dicomParser.readPart10Header(bytes, { untilTag: 'x00080000' });
  } catch {
    return null;
  }
}

/** Byte order of plain pixels; `VolumeError` names the compression of others. */
export function checkSyntax(d: DataSet, name: string): 'little' | 'big' {
  const uid = d.string('x00020010') ?? '1.2.840.10008.1.2';
  const endian = plainSyntaxes[uid];
  if (endian) return endian;
  const known = syntaxNames.find(([start]) => uid.startsWith(start))?.[1] ?? 'unknown';
  throw new VolumeError(
    `${name}: its pixels are compressed (${known}, transfer syntax ${uid}), which is not read — export it uncompressed, or convert it to NIfTI`,
  );
}

function checkKind(d: DataSet, name: string): void {
  const modality = d.string('x00080060') ?? 'unknown';
  if (!d.elements.x7fe00010 || !d.uint16('x00280010')) {
    throw new VolumeError(`${name}: it has no pixels (modality ${modality}) — choose the files of an image`);
  }
  if (modality === 'SEG' || modality === 'RTDOSE') {
    const seg = modality === 'SEG' ? 'it is labels, not an image' : 'convert it to NIfTI';
    throw new VolumeError(`${name}: a DICOM ${modality} file is not read as a slice of an image — ${seg}`);
  }
  const samples = d.uint16('x00280002') ?? 1;
  const photometric = (d.string('x00280004') ?? 'MONOCHROME2').trim();
  if (samples !== 1 || !photometric.startsWith('MONOCHROME')) {
    throw new VolumeError(
      `${name}: it is in colour (${photometric}, ${samples} samples a pixel); grey CT or MR slices are read — save it as PNG`,
    );
  }
  const frames = d.intString('x00280008') ?? 1;
  if (frames !== 1)
    throw new VolumeError(`${name}: it holds ${frames} frames, and single slices are read — convert it to NIfTI`);
}

/**
 * What `read` makes of a parsed file; `VolumeError` where it stumbles over values that are damaged (dicom-parser then throws
 * texts and errors of the language).
 */
export async function readGuarded<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof VolumeError || error instanceof CheckpointError) throw error;
    throw new VolumeError(`${name}: the DICOM file has values that do not parse (${wordsOf(error)}) — get it again`, {
      cause: error,
    });
  }
}

/** The numbers of a decimal text (DS, IS), or null where they are not all there. */
export function numbersAt(d: DataSet, tag: string, count: number): number[] | null {
  if (!d.elements[tag]?.length) return null;
  const found = Array.from({ length: count }, (_, i) => d.floatString(tag, i));
  return found.every((v): v is number => v !== undefined && Number.isFinite(v)) ? found : null;
}

function dtypeOf(d: DataSet, name: string): Pick<DicomSlice, 'dtype' | 'bitsStored'> {
  const bits = d.uint16('x00280100') ?? 0;
  const bitsStored = d.uint16('x00280101') ?? bits;
  const high = d.uint16('x00280102') ?? bitsStored - 1;
  const signed = d.uint16('x00280103') === 1;
  if (![8, 16, 32].includes(bits) || bitsStored < 1 || bitsStored > bits || high !== bitsStored - 1) {
    throw new VolumeError(
      `${name}: ${bitsStored} of ${bits} bits a pixel, the highest ${high}, are not read — 8, 16 or 32 bits are; convert it to NIfTI`,
    );
  }
  return { dtype: `${signed ? 'int' : 'uint'}${bits}` as DicomSlice['dtype'], bitsStored };
}

function notesOf(d: DataSet): string[] {
  const kinds = (d.string('x00080008') ?? '').toUpperCase();
  return [
    kinds.includes('MOSAIC')
      ? 'a Siemens mosaic: many slices lie side by side in one picture; convert it to NIfTI to have a volume'
      : '',
    d.string('x00280004')?.trim() === 'MONOCHROME1' ? 'small values are meant to be shown bright (MONOCHROME1)' : '',
  ].filter(Boolean);
}

/** Everything of a DICOM file but its pixels; `VolumeError` for what is none or does not parse. */
export async function parseDicom(blob: Blob, name: string): Promise<DataSet> {
  if (blob.size === 0) throw new VolumeError(`${name}: the file is empty — get it again`);
  if (blob.size > maxFileBytes)
    throw new VolumeError(`${name}: ${blob.size} bytes are more than a DICOM slice has — is it one?`);
  return parse(await readSlice(blob, 0, blob.size, name), name);
}

/**
 * Parses one file. `VolumeError` for what is no DICOM, compressed or coloured pixels, several frames, objects without
 * pixels, truncated files and spacings that are none.
 */
export const readDicomSlice = (blob: Blob, name: string): Promise<DicomSlice> =>
  readGuarded(name, async () => {
    const plain = await plainDicom(blob, name);
    return sliceOf(await parseDicom(plain, name), plain, name);
  });

function sliceOf(d: DataSet, blob: Blob, name: string): DicomSlice {
  const rle = d.string('x00020010') === rleSyntax;
  const endian = rle ? 'little' : checkSyntax(d, name);
  checkKind(d, name);
  const [rows, columns] = [d.uint16('x00280010') ?? 0, d.uint16('x00280011') ?? 0];
  checkDims(name, [columns, rows], 4);
  const type = dtypeOf(d, name);
  const offset = d.elements.x7fe00010.dataOffset;
  const bytes = (rows * columns * Number(type.dtype.replace(/\D+/, ''))) / 8;
  if (bytes > (blob.size - offset) * (rle ? maxRleRatio : 1)) {
    throw new VolumeError(
      `${name}: ${columns} × ${rows} pixels need ${bytes} bytes, ${Math.max(0, blob.size - offset)} are there — it is truncated; get it again`,
    );
  }
  const between = numbersAt(d, 'x00280030', 2) ?? numbersAt(d, 'x00181164', 2);
  if (between) checkSpacing(name, [between[1], between[0]]);
  const o = numbersAt(d, 'x00200037', 6);
  const p = numbersAt(d, 'x00200032', 3);
  return {
    ...{ name, blob, columns, rows, ...type, endian, offset, bytes, rle, notes: notesOf(d) },
    modality: (d.string('x00080060') ?? '').trim(),
    series: (d.string('x0020000e') ?? '').trim(),
    slope: d.floatString('x00281053') ?? 1,
    intercept: d.floatString('x00281052') ?? 0,
    spacing: between ? [between[1], between[0]] : null,
    position: p ? [p[0], p[1], p[2]] : null,
    orientation: o
      ? [
          [o[0], o[1], o[2]],
          [o[3], o[4], o[5]],
        ]
      : null,
    thickness: d.floatString('x00180088') ?? d.floatString('x00180050') ?? null,
  };
}
