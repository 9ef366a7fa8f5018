// Builds torch files byte by byte, so that tests can make them wrong in one place.
import { crc32 } from '../../src/data/bytes';

const utf8 = (text: string) => [...new TextEncoder().encode(text)];
export const u16 = (n: number) => [n & 255, (n >> 8) & 255];
export const u32 = (n: number) => [...u16(n & 0xffff), ...u16(Math.floor(n / 65536) & 0xffff)];
export const u64 = (n: number) => [...u32(n % 2 ** 32), ...u32(Math.floor(n / 2 ** 32))];

/** Pickle opcodes. */
export const str = (text: string) => [0x58, ...u32(utf8(text).length), ...utf8(text)];
export const int = (n: number) => [0x4a, ...u32(n >>> 0)];
export const global = (module: string, name: string) => [...utf8(`c${module}\n${name}\n`)];
export const tuple = (...items: number[][]) => [0x28, ...items.flat(), 0x74];
export const list = (...items: number[][]) => [0x5d, 0x28, ...items.flat(), 0x65];
export const dict = (...pairs: number[][]) => [0x7d, 0x28, ...pairs.flat(), 0x75];
export const call = (callee: number[], ...args: number[][]) => [...callee, ...tuple(...args), 0x52];
export const orderedDict = (...pairs: number[][]) => [
  ...call(global('collections', 'OrderedDict')),
  0x28,
  ...pairs.flat(),
  0x75,
];
export const none = [0x4e];
export const no = [0x89];
export const pickle = (value: number[], protocol = 2) => [0x80, protocol, ...value, 0x2e];

export interface StorageSpec {
  type?: string;
  key?: string;
  count: number;
  view?: number[];
}
export const storage = ({ type = 'FloatStorage', key = '0', count, view }: StorageSpec) => [
  ...tuple(str('storage'), global('torch', type), str(key), str('cpu'), int(count), ...(view ? [view] : [])),
  0x51,
];
const ints = (values: number[]) => tuple(...values.map(int));
export const tensor = (of: StorageSpec, shape: number[], stride: number[], offset = 0) =>
  call(
    global('torch._utils', '_rebuild_tensor_v2'),
    storage(of),
    int(offset),
    ints(shape),
    ints(stride),
    no,
    orderedDict(),
  );

export interface ZipEntry {
  name: string;
  data: number[];
  method?: number;
  flags?: number;
  crc?: number;
}

/** A zip file of stored entries; `zip64` writes sizes and offsets as 64-bit extras and end records. */
export function zip(entries: ZipEntry[], zip64 = false, comment: number[] = []): number[] {
  const out: number[] = [];
  const directory: number[] = [];
  for (const { name, data, method = 0, flags = 0, crc = crc32(new Uint8Array(data)) } of entries) {
    const head = [...u16(20), ...u16(flags), ...u16(method), ...u32(0), ...u32(crc)];
    const pad = utf8('FB\x04\x00ZZZZ');
    const offset = out.length;
    out.push(
      0x50,
      0x4b,
      3,
      4,
      ...head,
      ...u32(data.length),
      ...u32(data.length),
      ...u16(utf8(name).length),
      ...u16(pad.length),
    );
    out.push(...utf8(name), ...pad, ...data);
    const extra = zip64
      ? [0x99, 0x99, ...u16(1), 7, ...u16(1), ...u16(24), ...u64(data.length), ...u64(data.length), ...u64(offset)]
      : [];
    const size = zip64 ? u32(0xffffffff) : u32(data.length);
    directory.push(
      0x50,
      0x4b,
      1,
      2,
      ...u16(20),
      ...head,
      ...size,
      ...size,
      ...u16(utf8(name).length),
      ...u16(extra.length),
    );
    directory.push(
      ...u16(0),
      ...u16(0),
      ...u16(0),
      ...u32(0),
      ...(zip64 ? u32(0xffffffff) : u32(offset)),
      ...utf8(name),
      ...extra,
    );
  }
  const at = out.length;
  out.push(...directory);
  if (zip64) {
    const end = out.length;
    out.push(0x50, 0x4b, 6, 6, ...u64(44), ...u16(45), ...u16(45), ...u32(0), ...u32(0));
    out.push(...u64(entries.length), ...u64(entries.length), ...u64(directory.length), ...u64(at));
    out.push(0x50, 0x4b, 6, 7, ...u32(0), ...u64(end), ...u32(1));
  }
  const counts = zip64
    ? [...u16(0xffff), ...u16(0xffff), ...u32(0xffffffff), ...u32(0xffffffff)]
    : [...u16(entries.length), ...u16(entries.length), ...u32(directory.length), ...u32(at)];
  out.push(0x50, 0x4b, 5, 6, ...u16(0), ...u16(0), ...counts, ...u16(comment.length), ...comment);
  return out;
}

/** A torch zip file: the value's pickle, storages by key, further entries. */
export const torchZip = (value: number[], storages: Record<string, number[]> = {}, more: ZipEntry[] = []) =>
  zip([
    { name: 'archive/data.pkl', data: pickle(value) },
    ...Object.entries(storages).map(([key, data]) => ({ name: `archive/data/${key}`, data })),
    ...more,
    { name: 'archive/version', data: utf8('3\n') },
  ]);

const magic = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];

/** A legacy torch file: the value's pickle, storages by key with their element counts. */
export const torchLegacy = (value: number[], storages: Record<string, [count: number, data: number[]]> = {}) => [
  ...magic,
  ...pickle(int(1001)),
  ...pickle(dict(str('little_endian'), [0x88])),
  ...pickle(value),
  ...pickle(list(...Object.keys(storages).map(str))),
  ...Object.values(storages).flatMap(([count, data]) => [...u64(count), ...data]),
];

export const floats = (...values: number[]) => [...new Uint8Array(Float32Array.from(values).buffer)];
export const fileOf = (bytes: ArrayLike<number>, name = 'made.pth') => new File([Uint8Array.from(bytes)], name);
