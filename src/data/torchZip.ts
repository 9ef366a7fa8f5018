// The zip container of torch files: only stored (uncompressed) records, with zip64. Reads the directory at the end of
// the file; records are read by slices. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (4.3)
import { type Bytes, crc32, readSlice, readU64, showSize, viewOf } from './bytes';
import { CheckpointError } from './errors';

/** A record of the directory: `offset` is that of its local header. */
export interface ZipRecord {
  readonly name: string;
  readonly size: number;
  readonly crc: number;
  readonly method: number;
  readonly flags: number;
  readonly offset: number;
}

/** An opened container. */
export interface ZipFile {
  readonly records: ReadonlyMap<string, ZipRecord>;
  /** Bytes [start, end) of a record. */
  read(record: ZipRecord, start: number, end: number): Promise<Bytes>;
  /** Whether the record's bytes have the checksum that the directory states; reads it in pieces, once. */
  verify(record: ZipRecord): Promise<boolean>;
}

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const locatorSignature = 0x07064b50;
const recordSignature = 0x02014b50;
const localSignature = 0x04034b50;
const maxDirectory = 64 * 1024 * 1024;
const pieceBytes = 4 * 1024 * 1024;
const truncated = 'it is truncated or damaged; get it again';

interface Directory {
  offset: number;
  size: number;
  count: number;
}

/** The zip64 end record, found by its locator just before the end record; null where there is none. */
async function findDirectory64(blob: Blob, endAt: number, name: string): Promise<Directory | null> {
  if (endAt < 20) return null;
  const locator = viewOf(await readSlice(blob, endAt - 20, endAt, name));
  if (locator.getUint32(0, true) !== locatorSignature) return null;
  const at = readU64(locator, 8);
  if (at > endAt - 20 - 56)
    throw new CheckpointError(`${name}: its zip64 end record lies outside the file — ${truncated}`);
  const record = viewOf(await readSlice(blob, at, at + 56, name));
  if (record.getUint32(0, true) !== end64Signature)
    throw new CheckpointError(`${name}: its zip64 end record is missing — ${truncated}`);
  return { count: readU64(record, 32), size: readU64(record, 40), offset: readU64(record, 48) };
}

/** The end record is the last thing in the file, but for a comment of at most 65,535 bytes. */
async function findDirectory(blob: Blob, name: string): Promise<Directory> {
  const from = Math.max(0, blob.size - 22 - 65535);
  const tail = await readSlice(blob, from, blob.size, name);
  const view = viewOf(tail);
  for (let at = tail.length - 22; at >= 0; at--) {
    if (view.getUint32(at, true) !== endSignature || view.getUint16(at + 20, true) !== tail.length - at - 22) continue;
    const plain = {
      count: view.getUint16(at + 10, true),
      size: view.getUint32(at + 12, true),
      offset: view.getUint32(at + 16, true),
    };
    const directory = (await findDirectory64(blob, from + at, name)) ?? plain;
    if (directory.offset + directory.size > from + at || directory.size > maxDirectory) {
      throw new CheckpointError(
        `${name}: its zip directory (${showSize(directory.size)} at ${directory.offset}) lies outside the file — ${truncated}`,
      );
    }
    return directory;
  }
  throw new CheckpointError(`${name}: it begins as a zip file but has no zip directory at its end — ${truncated}`);
}

/** 64-bit values of a record's extra field, for those of size, packed size and offset that are 0xffffffff. */
function extra64(extra: DataView, need: readonly boolean[]): number[] | null {
  for (let at = 0; at + 4 <= extra.byteLength; ) {
    const size = extra.getUint16(at + 2, true);
    if (extra.getUint16(at, true) === 1) {
      const wanted = need.filter(Boolean).length;
      if (size < wanted * 8 || at + 4 + size > extra.byteLength) return null;
      const before = (i: number) => need.slice(0, i).filter(Boolean).length;
      const values = at + 4;
      return need.map((needed, i) => (needed ? readU64(extra, values + 8 * before(i)) : 0));
    }
    at += 4 + size;
  }
  return null;
}

/** One directory record at `at`, and where the next one begins; null where it does not fit. */
function parseRecord(bytes: Uint8Array, at: number): { record: ZipRecord; packed: number; next: number } | null {
  if (at + 46 > bytes.length) return null;
  const view = viewOf(bytes.subarray(at));
  const nameEnd = 46 + view.getUint16(28, true);
  const extraEnd = nameEnd + view.getUint16(30, true);
  const next = extraEnd + view.getUint16(32, true);
  if (view.getUint32(0, true) !== recordSignature || at + next > bytes.length) return null;
  const values = [view.getUint32(24, true), view.getUint32(20, true), view.getUint32(42, true)];
  const need = values.map((v) => v === 0xffffffff);
  const wide = need.includes(true) ? extra64(viewOf(bytes.subarray(at + nameEnd, at + extraEnd)), need) : values;
  if (!wide) return null;
  const [size, packed, offset] = values.map((v, i) => (need[i] ? wide[i] : v));
  const name = new TextDecoder().decode(bytes.subarray(at + 46, at + nameEnd));
  const record = {
    name,
    size,
    offset,
    crc: view.getUint32(16, true),
    method: view.getUint16(10, true),
    flags: view.getUint16(8, true),
  };
  return { record, packed, next: at + next };
}

function checkStored(name: string, record: ZipRecord, packed: number, directoryAt: number): void {
  const where = `${name}: record ${JSON.stringify(record.name)}`;
  if (record.flags & 1) throw new CheckpointError(`${where} is encrypted — save it without a password`);
  if (record.method !== 0) {
    throw new CheckpointError(
      `${where} is compressed (method ${record.method}); torch files hold stored records only — save it again with torch.save, or repack it with "zip -0"`,
    );
  }
  if (packed !== record.size || record.offset + 30 + record.size > directoryAt) {
    throw new CheckpointError(`${where} of ${record.size} bytes lies outside the file — ${truncated}`);
  }
}

async function dataStart(blob: Blob, name: string, record: ZipRecord): Promise<number> {
  const local = viewOf(await readSlice(blob, record.offset, record.offset + 30, name));
  const start = record.offset + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  if (local.getUint32(0, true) !== localSignature || start + record.size > blob.size) {
    throw new CheckpointError(
      `${name}: record ${JSON.stringify(record.name)} does not begin where the directory says — ${truncated}`,
    );
  }
  return start;
}

function openRecords(blob: Blob, name: string, records: Map<string, ZipRecord>): ZipFile {
  const starts = new Map<ZipRecord, Promise<number>>();
  const sums = new Map<ZipRecord, Promise<boolean>>();
  const once = <T>(cache: Map<ZipRecord, Promise<T>>, record: ZipRecord, make: () => Promise<T>): Promise<T> => {
    const known = cache.get(record) ?? make();
    cache.set(record, known);
    return known;
  };
  const read = async (record: ZipRecord, start: number, end: number) => {
    const at = await once(starts, record, () => dataStart(blob, name, record));
    return readSlice(blob, at + start, at + end, `${name}: ${record.name}`);
  };
  const sum = async (record: ZipRecord) => {
    let crc = 0;
    for (let at = 0; at < record.size; at += pieceBytes) {
      crc = crc32(await read(record, at, Math.min(record.size, at + pieceBytes)), crc);
    }
    return crc === record.crc;
  };
  return { records, read, verify: (record) => once(sums, record, () => sum(record)) };
}

/** Opens a zip file of stored records; `CheckpointError` for a truncated, compressed, encrypted or inconsistent one. */
export async function openZip(blob: Blob, name: string): Promise<ZipFile> {
  const directory = await findDirectory(blob, name);
  const bytes = await readSlice(blob, directory.offset, directory.offset + directory.size, name);
  const records = new Map<string, ZipRecord>();
  let at = 0;
  for (let i = 0; i < directory.count; i++) {
    const parsed = parseRecord(bytes, at);
    if (!parsed)
      throw new CheckpointError(
        `${name}: its zip directory breaks off at record ${i} of ${directory.count} — ${truncated}`,
      );
    const { record, packed, next } = parsed;
    if (!record.name.endsWith('/')) checkStored(name, record, packed, directory.offset);
    if (records.has(record.name))
      throw new CheckpointError(`${name}: its zip directory names ${JSON.stringify(record.name)} twice — ${truncated}`);
    records.set(record.name, record);
    at = next;
  }
  return openRecords(blob, name, records);
}
