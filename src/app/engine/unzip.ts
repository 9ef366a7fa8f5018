import { readSlice, showSize } from '../../data/bytes';
import { CheckpointError } from '../../data/errors';

/** Most files and bytes that a zip may unpack to. */
const MAX_FILES = 10_000;
const MAX_BYTES = 2 ** 31;

const damaged = 'it is truncated or damaged; get it again';

/** What of a zip is asked for. */
export interface UnzipOptions {
  /** Most bytes that these files may unpack to in all. */
  readonly most?: number;
  /** By path; all, where it is left out. */
  readonly wanted?: (path: string) => boolean;
}

/**
 * The files in a zip, stored or deflated, unpacked when they are asked for by `read`. `CheckpointError` where it is damaged,
 * encrypted, or lies about its sizes. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function unzip(
  blob: Blob,
  name: string,
  { most = MAX_BYTES, wanted = () => true }: UnzipOptions = {},
): Promise<ReadonlyMap<string, () => Promise<Blob>>> {
  const tailAt = Math.max(0, blob.size - 65_557);
  const tail = new DataView((await readSlice(blob, tailAt, blob.size, name)).buffer);
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new CheckpointError(`${name}: it has no zip directory at its end — ${damaged}`);
  const [count, size, at] = [
    tail.getUint16(end + 10, true),
    tail.getUint32(end + 12, true),
    tail.getUint32(end + 16, true),
  ];
  if (count > MAX_FILES || at + size > blob.size)
    throw new CheckpointError(`${name}: its zip directory (${count} files) lies outside the file — ${damaged}`);
  const directory = await readSlice(blob, at, at + size, name);
  const view = new DataView(directory.buffer, directory.byteOffset, directory.byteLength);
  const out = new Map<string, () => Promise<Blob>>();
  let total = 0;
  for (let i = 0, p = 0; i < count; i++) {
    if (p + 46 > size || view.getUint32(p, true) !== 0x02014b50)
      throw new CheckpointError(`${name}: record ${i} of its zip directory is none — ${damaged}`);
    const entry = recordAt(view, directory, p);
    p = entry.next;
    if (entry.name.endsWith('/') || !wanted(entry.name)) continue;
    total += entry.size;
    if (total > most)
      throw new CheckpointError(`${name}: it unpacks to more than ${showSize(most)} — unpack it yourself`);
    out.set(entry.name, () => unpacked(blob, name, entry));
  }
  return out;
}

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
  readonly next: number;
}

function recordAt(view: DataView, bytes: Uint8Array, p: number): Entry {
  const [name, extra, comment] = [28, 30, 32].map((o) => view.getUint16(p + o, true));
  return {
    name: new TextDecoder().decode(bytes.subarray(p + 46, p + 46 + name)),
    flags: view.getUint16(p + 8, true),
    method: view.getUint16(p + 10, true),
    packed: view.getUint32(p + 20, true),
    size: view.getUint32(p + 24, true),
    offset: view.getUint32(p + 42, true),
    next: p + 46 + name + extra + comment,
  };
}

async function unpacked(blob: Blob, zip: string, e: Entry): Promise<Blob> {
  const where = `${zip}: ${e.name}`;
  if (e.flags & 1) throw new CheckpointError(`${where} is encrypted — save it without a password`);
  if (e.method !== 0 && e.method !== 8)
    throw new CheckpointError(`${where} is compressed by method ${e.method}; stored and deflated files are read`);
  const head = new DataView((await readSlice(blob, e.offset, e.offset + 30, zip)).buffer);
  const start = e.offset + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  if (head.getUint32(0, true) !== 0x04034b50 || start + e.packed > blob.size)
    throw new CheckpointError(`${where} does not begin where the directory says — ${damaged}`);
  const stored = blob.slice(start, start + e.packed);
  if (e.method === 0) return stored;
  return inflated(stored, e.size, where);
}

/** Stops as soon as more comes than the directory announced: a small file must not fill the memory. */
async function inflated(packed: Blob, size: number, where: string): Promise<Blob> {
  const parts: BlobPart[] = [];
  let bytes = 0;
  try {
    const reader = packed.stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.length;
      if (bytes > size) break;
      parts.push(value);
    }
    if (bytes !== size) await reader.cancel();
  } catch (error) {
    throw new CheckpointError(`${where} does not unpack — ${damaged}`, { cause: error });
  }
  if (bytes !== size)
    throw new CheckpointError(`${where} unpacks to other than the ${size} bytes announced — ${damaged}`);
  return new Blob(parts);
}
