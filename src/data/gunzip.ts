// Byte ranges of a file that may be gzipped, never more in memory than asked for: the stream is unpacked, skipped up to
// the range, copied, and stopped. Not responsible for what the bytes mean.
import { type Bytes, readSlice } from './bytes';
import { VolumeError, wordsOf } from './errors';

/** Deflate cannot unpack to more than this many times its length. */
export const maxDeflateRatio = 1032;

/** Bytes of a file, unpacked. */
export interface ByteSource {
  readonly name: string;
  readonly gzipped: boolean;
  /** Most bytes that can be in it: the file's length, or 1032 times that where it is packed. */
  readonly most: number;
  /** Bytes start … end; `VolumeError` where the file ends before. `short` accepts fewer bytes instead. */
  range(start: number, end: number, short?: boolean): Promise<Bytes>;
}

const truncated = (name: string, have: number, need: number) =>
  new VolumeError(`${name}: it ends after ${have} bytes, its header promises ${need} — it is truncated; get it again`);

const tooShort = (name: string, most: number, need: number) =>
  new VolumeError(
    `${name}: it unpacks to at most ${most} bytes, its header promises ${need} — it is truncated, or its header lies; get it again`,
  );

/** Copies bytes start … start + out.length of a stream into `out`; returns how many bytes the stream had up to there. */
async function copyRange(reader: ReadableStreamDefaultReader<Uint8Array>, start: number, out: Bytes): Promise<number> {
  let at = 0;
  const end = start + out.length;
  while (at < end) {
    const { done, value } = await reader.read();
    if (done) break;
    const from = Math.max(0, start - at);
    const part = value.subarray(from, Math.max(from, Math.min(value.length, end - at)));
    if (part.length) out.set(part, at + from - start);
    at += value.length;
  }
  return Math.min(at, end);
}

/** Unpacks `blob` (gzip, or zlib with `format` deflate) and returns the bytes start … end. */
async function unpackRange(
  blob: Blob,
  name: string,
  format: 'gzip' | 'deflate',
  [start, end]: readonly [number, number],
  short: boolean,
): Promise<Bytes> {
  const out = new Uint8Array(end - start);
  const reader = blob.stream().pipeThrough(new DecompressionStream(format)).getReader();
  let have: number;
  try {
    have = await copyRange(reader, start, out);
  } catch (error) {
    throw new VolumeError(
      `${name}: it does not unpack (${wordsOf(error)}) — it is truncated or damaged; get it again`,
      {
        cause: error,
      },
    );
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  if (have < end && !short) throw truncated(name, have, end);
  return have < end ? out.slice(0, Math.max(0, have - start)) : out;
}

/** A file as a source of bytes: gzip is recognised by its first bytes, whatever the name. `VolumeError` for an empty file. */
export async function byteSource(blob: Blob, name: string): Promise<ByteSource> {
  if (blob.size === 0) throw new VolumeError(`${name}: the file is empty — get it again`);
  const head = await readSlice(blob, 0, Math.min(2, blob.size), name);
  const gzipped = head[0] === 0x1f && head[1] === 0x8b;
  const most = gzipped ? blob.size * maxDeflateRatio : blob.size;
  const range = async (start: number, end: number, short = false): Promise<Bytes> => {
    const last = short ? Math.min(end, most) : end;
    if (last > most) throw gzipped ? tooShort(name, most, end) : truncated(name, most, end);
    if (gzipped) return unpackRange(blob, name, 'gzip', [start, last], short);
    return readSlice(blob, Math.min(start, last), last, name);
  };
  return { name, gzipped, most, range };
}

/** The first `bytes` bytes of a packed part of a file; for formats that pack only their voxels. */
export const unpackPart = async (
  blob: Blob,
  name: string,
  format: 'gzip' | 'deflate',
  bytes: number,
): Promise<Bytes> => {
  if (bytes > blob.size * maxDeflateRatio) throw tooShort(name, blob.size * maxDeflateRatio, bytes);
  return unpackRange(blob, name, format, [0, bytes], false);
};

/** `bytes` packed with gzip. */
export async function gzip(bytes: Bytes): Promise<Bytes> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
