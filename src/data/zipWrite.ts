// A zip file of stored records as torch lays it out: each record's bytes begin at a multiple of 64, so that they can be
// mapped into memory. One record is in memory at a time. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
import { type Bytes, crc32, viewOf } from './bytes';
import { CheckpointError } from './errors';

/** A record to write; `read` is called once, when its turn comes. */
export interface ZipSource {
  /** With `/`; where it is not ASCII, it is written as UTF-8, and said to be so. */
  readonly name: string;
  /** Bytes that `read` gives. */
  readonly bytes: number;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

const alignment = 64;
const full = 0xffffffff;
/** 1 January 1980: equal input gives equal bytes. */
const dosDate = 0x21;
/** The flag that says that a name is UTF-8. */
const utf8 = 0x800;

interface Written {
  readonly name: Uint8Array;
  readonly size: number;
  readonly crc: number;
  readonly offset: number;
}

/** Little-endian fields of 2, 4 or 8 bytes one after another. */
function fields(...parts: readonly (readonly [size: 2 | 4 | 8, value: number])[]): Bytes {
  const out = new Uint8Array(parts.reduce((n, [size]) => n + size, 0));
  const view = viewOf(out);
  let at = 0;
  for (const [size, value] of parts) {
    if (size === 2) view.setUint16(at, value, true);
    else if (size === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += size;
  }
  return out;
}

/** Fields that local headers and the directory share: version, flags, method, time, date, checksum, both sizes. */
const common = (w: Written, wide: boolean): [2 | 4 | 8, number][] => [
  [2, wide ? 45 : 20],
  [2, w.name.some((byte) => byte > 127) ? utf8 : 0],
  [2, 0],
  [2, 0],
  [2, dosDate],
  [4, w.crc],
  [4, wide ? full : w.size],
  [4, wide ? full : w.size],
];

function join(...parts: Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The local header, with an extra field 'FB' that fills up to the alignment, as torch writes it. */
function localHeader(w: Written, wide: boolean): Bytes {
  const extra64 = wide ? fields([2, 1], [2, 16], [8, w.size], [8, w.size]) : new Uint8Array(0);
  const before = w.offset + 30 + w.name.length + extra64.length + 4;
  const fill = (alignment - (before % alignment)) % alignment;
  const padding = join(fields([2, 0x4246], [2, fill]), new Uint8Array(fill).fill(0x5a));
  const head = fields([4, 0x04034b50], ...common(w, wide), [2, w.name.length], [2, extra64.length + padding.length]);
  return join(head, w.name, extra64, padding);
}

function directoryRecord(w: Written, wide: boolean): Bytes {
  const extra = wide ? fields([2, 1], [2, 24], [8, w.size], [8, w.size], [8, w.offset]) : new Uint8Array(0);
  const head = fields(
    [4, 0x02014b50],
    [2, wide ? 45 : 20],
    ...common(w, wide),
    [2, w.name.length],
    [2, extra.length],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0],
    [4, wide ? full : w.offset],
  );
  return join(head, w.name, extra);
}

/** The end records; the wide ones where a number does not fit. */
function endRecords(count: number, size: number, offset: number, wide: boolean): Bytes {
  const end64 = wide
    ? join(
        fields(
          [4, 0x06064b50],
          [8, 44],
          [2, 45],
          [2, 45],
          [4, 0],
          [4, 0],
          [8, count],
          [8, count],
          [8, size],
          [8, offset],
        ),
        fields([4, 0x07064b50], [4, 0], [8, offset + size], [4, 1]),
      )
    : new Uint8Array(0);
  const n = wide ? 0xffff : count;
  const rest: [4, number][] = wide
    ? [
        [4, full],
        [4, full],
      ]
    : [
        [4, size],
        [4, offset],
      ];
  return join(end64, fields([4, 0x06054b50], [2, 0], [2, 0], [2, n], [2, n], ...rest, [2, 0]));
}

/**
 * The bytes of a zip file, in order and in pieces. Records and directory take 64-bit fields where a number needs them,
 * or all of them with `zip64`. `CheckpointError` where a record gives another number of bytes than it said.
 */
export async function* zipParts(
  records: Iterable<ZipSource>,
  options: { readonly zip64?: boolean } = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const written: Written[] = [];
  const isWide = (w: Written) => options.zip64 === true || w.size >= full || w.offset >= full;
  let at = 0;
  for (const record of records) {
    const data = await record.read();
    if (data.length !== record.bytes)
      throw new CheckpointError(`writing ${record.name}: ${data.length} bytes came, ${record.bytes} were announced`);
    const w = { name: new TextEncoder().encode(record.name), size: data.length, crc: crc32(data), offset: at };
    written.push(w);
    const head = localHeader(w, isWide(w));
    yield head;
    yield data;
    at += head.length + data.length;
  }
  const directory = join(...written.map((w) => directoryRecord(w, isWide(w))));
  yield directory;
  const wide = options.zip64 === true || written.length >= 0xffff || at + directory.length >= full;
  yield endRecords(written.length, directory.length, at, wide);
}
