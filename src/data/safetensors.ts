// The safetensors format: 8-byte little-endian header length, JSON header, raw little-endian data without gaps.
// https://github.com/huggingface/safetensors#format
import { blobName, readSlice, readU64, showSize, viewOf } from './bytes';
import { CheckpointError, wordsOf } from './errors';
import { duplicateKey } from './jsonKeys';
import { dtypeBytes, elementCount, type TensorEntry, type TensorFile } from './tensorFile';

/** Longest header that is read: that of the format's own implementation. */
export const maxHeaderBytes = 100_000_000;
const remedy = 'the file is damaged or no safetensors file; get it again';

const isRecord = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null && !Array.isArray(x);
const isSize = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;

async function readHeader(blob: Blob, name: string): Promise<{ header: Record<string, unknown>; dataStart: number }> {
  if (blob.size < 8) throw new CheckpointError(`${name}: ${blob.size} bytes are too few for safetensors — ${remedy}`);
  const length = readU64(viewOf(await readSlice(blob, 0, 8, name)), 0);
  if (length > blob.size - 8 || length > maxHeaderBytes) {
    const limit = Math.min(blob.size - 8, maxHeaderBytes);
    throw new CheckpointError(`${name}: the header claims ${length} bytes, at most ${limit} are possible — ${remedy}`);
  }
  const bytes = await readSlice(blob, 8, 8 + length, name);
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (error) {
    throw new CheckpointError(`${name}: the header is no JSON (${wordsOf(error)}) — ${remedy}`, { cause: error });
  }
  if (!isRecord(header)) throw new CheckpointError(`${name}: the header is no JSON object — ${remedy}`);
  const twice = duplicateKey(text);
  if (twice !== null) throw new CheckpointError(`${name}: the header names ${JSON.stringify(twice)} twice — ${remedy}`);
  return { header, dataStart: 8 + length };
}

interface Span {
  name: string;
  dtype: string;
  shape: number[];
  start: number;
  end: number;
}

/** One header row, checked by itself: dtype known, shape whole numbers, and as many bytes as both need. */
function checkRow(file: string, name: string, row: unknown): Span {
  const where = `${file}: tensor ${JSON.stringify(name)}`;
  if (!isRecord(row)) throw new CheckpointError(`${where} has no description — ${remedy}`);
  const { dtype, shape, data_offsets: offsets } = row;
  if (typeof dtype !== 'string' || !Object.hasOwn(dtypeBytes, dtype)) {
    throw new CheckpointError(
      `${where}: dtype ${JSON.stringify(dtype)} is not known — convert it to one of ${Object.keys(dtypeBytes).join(', ')}`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(isSize)) {
    throw new CheckpointError(`${where}: shape ${JSON.stringify(shape)} is no list of sizes — ${remedy}`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize) || offsets[0] > offsets[1]) {
    throw new CheckpointError(`${where}: data_offsets ${JSON.stringify(offsets)} are no [begin, end] — ${remedy}`);
  }
  const need = elementCount(shape) * dtypeBytes[dtype];
  if (need !== offsets[1] - offsets[0]) {
    throw new CheckpointError(
      `${where}: ${dtype} [${shape}] needs ${need} bytes, data_offsets give ${offsets[1] - offsets[0]} — ${remedy}`,
    );
  }
  return { name, dtype, shape, start: offsets[0], end: offsets[1] };
}

/** All rows together: they must cover the data exactly, without gap or overlap. */
function checkCover(file: string, spans: Span[], dataBytes: number): void {
  let at = 0;
  for (const span of [...spans].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (span.start !== at) {
      const what = span.start < at ? 'overlaps the tensor before it' : `leaves a gap of ${span.start - at} bytes`;
      throw new CheckpointError(`${file}: tensor ${JSON.stringify(span.name)} at ${span.start} ${what} — ${remedy}`);
    }
    at = span.end;
  }
  if (at !== dataBytes) {
    const what = at > dataBytes ? 'it is truncated; get it again' : remedy;
    throw new CheckpointError(
      `${file}: the header describes ${at} bytes of tensors, the file holds ${dataBytes} — ${what}`,
    );
  }
}

function checkMetadata(file: string, raw: unknown): Record<string, string> {
  if (raw === undefined) return {};
  if (!isRecord(raw) || !Object.values(raw).every((v) => typeof v === 'string')) {
    throw new CheckpointError(`${file}: __metadata__ must map text to text — ${remedy}`);
  }
  return raw as Record<string, string>;
}

/**
 * Opens a safetensors file: reads and checks the header only (length, JSON, duplicates, dtypes, shapes, offsets without
 * gap or overlap, file length); tensors are read later by Blob.slice. `meta` is the file's `__metadata__`, text to text.
 * `CheckpointError` says what is wrong.
 */
export async function openSafetensors(blob: Blob, name = blobName(blob)): Promise<TensorFile> {
  const { header, dataStart } = await readHeader(blob, name);
  const meta = checkMetadata(name, header.__metadata__);
  const rows = Object.entries(header).filter(([key]) => key !== '__metadata__');
  const spans = rows.map(([key, row]) => checkRow(name, key, row));
  checkCover(name, spans, blob.size - dataStart);
  const entries = new Map<string, TensorEntry>();
  for (const s of spans) {
    entries.set(s.name, {
      name: s.name,
      dtype: s.dtype,
      shape: s.shape,
      bytes: s.end - s.start,
      read: () => readSlice(blob, dataStart + s.start, dataStart + s.end, `${name}: ${s.name}`),
    });
  }
  return { kind: 'safetensors', entries, meta };
}

/** A tensor to write: `data` holds its little-endian bytes, as typed array or as (part of) a file. */
export interface TensorToWrite {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: ArrayBufferView<ArrayBuffer> | Blob;
}

type Sized = Pick<TensorEntry, 'name' | 'dtype' | 'shape' | 'bytes'>;

function checkWritten(t: Sized, seen: Set<string>): void {
  const need = elementCount(t.shape) * (dtypeBytes[t.dtype] ?? Number.NaN);
  if (t.bytes !== need) {
    throw new CheckpointError(`writing ${t.name}: ${t.dtype} [${t.shape}] needs ${need} bytes, got ${t.bytes}`);
  }
  if (t.name === '__metadata__' || seen.has(t.name)) {
    throw new CheckpointError(
      `writing ${t.name}: this name is ${seen.has(t.name) ? 'given twice' : 'reserved'} — rename the tensor`,
    );
  }
  seen.add(t.name);
}

/** Of a file to write: its first bytes, and the tensors in the order in which their data follow. */
interface Arranged<T> {
  readonly header: Uint8Array<ArrayBuffer>;
  readonly sorted: readonly T[];
}

/**
 * Header and order of a file. Data begin at a multiple of 8 and wider dtypes come first, so that every tensor is aligned;
 * otherwise the order is kept, so equal input gives equal bytes.
 */
function arrange<T extends Sized>(tensors: Iterable<T>, metadata: Record<string, string>): Arranged<T> {
  const sorted = [...tensors].sort((a, b) => dtypeBytes[b.dtype] - dtypeBytes[a.dtype]);
  const rows: [string, unknown][] = Object.keys(metadata).length ? [['__metadata__', metadata]] : [];
  const seen = new Set<string>();
  let at = 0;
  for (const t of sorted) {
    checkWritten(t, seen);
    rows.push([t.name, { dtype: t.dtype, shape: [...t.shape], data_offsets: [at, at + t.bytes] }]);
    at += t.bytes;
  }
  // Not JSON.stringify of an object: that would move names like "0" to the front and lose "__proto__".
  const json = `{${rows.map(([key, row]) => `${JSON.stringify(key)}:${JSON.stringify(row)}`).join(',')}}`;
  const text = new TextEncoder().encode(json);
  const header = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  header.set(text, 8);
  viewOf(header).setBigUint64(0, BigInt(header.length - 8), true);
  if (header.length - 8 > maxHeaderBytes) {
    throw new CheckpointError(
      `writing safetensors: a header of ${showSize(header.length)} — write fewer tensors per file`,
    );
  }
  return { header, sorted };
}

/**
 * A safetensors file of these tensors and text values. The Blob is made of parts: the tensors are not joined into one
 * buffer here.
 */
export function writeSafetensors(tensors: Iterable<TensorToWrite>, metadata: Record<string, string> = {}): Blob {
  const sized = Array.from(tensors, (t) => ({ ...t, bytes: t.data instanceof Blob ? t.data.size : t.data.byteLength }));
  const { header, sorted } = arrange(sized, metadata);
  return new Blob([header, ...sorted.map((t) => t.data)]);
}

/** The same file in pieces, from entries of other files: a tensor is read when its turn comes. */
export async function* safetensorsParts(
  entries: Iterable<TensorEntry>,
  metadata: Record<string, string> = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { header, sorted } = arrange(entries, metadata);
  yield header;
  for (const entry of sorted) {
    const data = await entry.read();
    if (data.length !== entry.bytes)
      throw new CheckpointError(`writing ${entry.name}: ${data.length} bytes came, ${entry.bytes} were announced`);
    yield data;
  }
}
