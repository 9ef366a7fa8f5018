// Reading parts of a Blob, which is the universal file here: a File in the page, fs.openAsBlob in Node. Nothing in this
// room reads a whole checkpoint; only the slice that is needed.
import { CheckpointError } from './errors';

/** Bytes that own their buffer, so that a typed array can be laid over them. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** The file's name where the Blob is a File, else `fallback`. */
export const blobName = (blob: Blob, fallback = 'the checkpoint'): string =>
  typeof File !== 'undefined' && blob instanceof File && blob.name ? blob.name : fallback;

/** Bytes [start, end) of a file; `CheckpointError` where the file ends before `end` or can no longer be read. */
export async function readSlice(blob: Blob, start: number, end: number, what: string): Promise<Bytes> {
  if (!(start >= 0 && end >= start && end <= blob.size)) {
    throw new CheckpointError(
      `${what}: bytes ${start}..${end} lie outside the file of ${blob.size} bytes — it is truncated; get it again`,
    );
  }
  let bytes: Bytes;
  try {
    bytes = new Uint8Array(await blob.slice(start, end).arrayBuffer());
  } catch (error) {
    throw new CheckpointError(
      `${what}: bytes ${start}..${end} could not be read — the file moved or changed; open it again`,
      { cause: error },
    );
  }
  if (bytes.length !== end - start) {
    throw new CheckpointError(
      `${what}: ${bytes.length} of ${end - start} bytes came back — the file changed; open it again`,
    );
  }
  return bytes;
}

/** A DataView over exactly these bytes. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** An unsigned 64-bit little-endian number, or Infinity above 2^53-1 (which no file reaches). */
export function readU64(view: DataView, offset: number): number {
  const n = view.getBigUint64(offset, true);
  return n > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(n);
}

/** Whether `bytes` begin with these codes (a string stands for its Latin-1 codes). */
export function startsWith(bytes: Uint8Array, head: string | readonly number[], at = 0): boolean {
  const codes = typeof head === 'string' ? Array.from(head, (c) => c.charCodeAt(0)) : head;
  return codes.every((code, i) => bytes[at + i] === code);
}

let table: Uint32Array | undefined;

function crcTable(): Uint32Array {
  const out = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    out[n] = c >>> 0;
  }
  return out;
}

/** CRC-32 (zip, PNG) of `bytes`, continued from the CRC of what came before. */
export function crc32(bytes: Uint8Array, before = 0): number {
  table ??= crcTable();
  let c = ~before >>> 0;
  for (let i = 0; i < bytes.length; i++) c = table[(c ^ bytes[i]) & 0xff] ^ (c >>> 8);
  return ~c >>> 0;
}

/** Bytes as a short text: 1.5 GiB. */
export function showSize(n: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, n)) / 10)));
  return power === 0 ? `${n} bytes` : `${(n / 1024 ** power).toFixed(1)} ${units[power]}`;
}
