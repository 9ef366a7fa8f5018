// Volume files that store plain arrays: voxels of one type, one channel behind another or interleaved. Shared by NIfTI,
// NRRD and MetaImage, which differ in their headers alone.
import type { Bytes } from './bytes';
import { VolumeError } from './errors';
import {
  chooseChannel,
  makeVolume,
  maxVolumeBytes,
  type Volume,
  type VolumeFile,
  type VolumeInfo,
  voxelsOf,
} from './volume';
import { mergeStats, type ValueStats, valueStats } from './volumeStats';
import { decodeVoxels, storedBytes, takePart } from './voxels';

/** Where the numbers lie. */
export interface ArrayLayout {
  readonly info: VolumeInfo;
  /** Type of one number: uint8 … float64. */
  readonly dtype: string;
  /** Numbers that stand together for one voxel (colours, vectors); the remaining channels are blocks behind one another. */
  readonly parts: number;
  /** Bytes start … end of the voxels, counted from the first; the caller may change them. */
  range(start: number, end: number): Promise<Bytes>;
}

/** The file that this layout describes: one channel in memory at a time. */
export function arrayFile({ info, dtype, parts, range }: ArrayLayout): VolumeFile {
  const size = storedBytes[dtype];
  const block = voxelsOf(info.dims) * size * parts;
  const blocks = info.channels / parts;
  const stored = { dtype, endian: info.endian, slope: info.slope, intercept: info.intercept };
  const decode = (bytes: Bytes, part: number) =>
    decodeVoxels(parts === 1 ? bytes : takePart(bytes, size, parts, part), stored);
  const read = async (channel?: number): Promise<Volume> => {
    const at = chooseChannel(info, channel);
    const start = Math.floor(at / parts) * block;
    return makeVolume(info.dims, decode(await range(start, start + block), at % parts), info.affine, info);
  };
  const statistics = async (): Promise<ValueStats> => {
    const together = block * blocks <= maxVolumeBytes / 4; // a packed file is then unpacked once
    const all = together ? await range(0, block * blocks) : null;
    const found: ValueStats[] = [];
    for (let b = 0; b < blocks; b++) {
      const bytes = all ? all.slice(b * block, (b + 1) * block) : await range(b * block, (b + 1) * block);
      for (let part = 0; part < parts; part++) found.push(valueStats(decode(bytes, part)));
    }
    return mergeStats(found);
  };
  return { info, read, statistics };
}

/** Bytes of all voxels. */
export const arrayBytes = (info: Pick<VolumeInfo, 'dims' | 'channels'>, dtype: string): number =>
  voxelsOf(info.dims) * info.channels * storedBytes[dtype];

/** `VolumeError` where a file of at most `most` bytes cannot hold what its header promises: before anything is allocated. */
export function checkLength(name: string, info: VolumeInfo, need: number, most: number, packed: boolean): void {
  if (need <= most) return;
  const length = packed ? `${most} bytes even if it packs perfectly` : `${most} bytes`;
  throw new VolumeError(
    `${name}: ${info.shape.join(' × ')} ${info.dtype} voxels need ${need} bytes, the file has ${length} — it is truncated, or its header lies; get it again`,
  );
}

/** Numbers written as text, as the bytes of `dtype` in little-endian order; `VolumeError` unless there are exactly `count`. */
export function textVoxels(text: string, dtype: string, count: number, name: string): Bytes {
  const words = text.split(/[\s,]+/).filter(Boolean);
  if (words.length !== count) {
    throw new VolumeError(
      `${name}: ${words.length} numbers in its text, its header promises ${count} — it is truncated or damaged`,
    );
  }
  const out = new Float64Array(count);
  for (const [i, word] of words.entries()) {
    out[i] = Number(word);
    if (Number.isNaN(out[i]) && !/^[+-]?nan/i.test(word)) {
      throw new VolumeError(`${name}: number ${i} of its text is ${JSON.stringify(word.slice(0, 20))} — it is damaged`);
    }
  }
  return encodeAs(out, dtype);
}

function encodeAs(values: Float64Array, dtype: string): Bytes {
  const size = storedBytes[dtype];
  const out = new Uint8Array(values.length * size);
  const view = new DataView(out.buffer);
  const put: Readonly<Record<string, (at: number, v: number) => void>> = {
    uint8: (at, v) => view.setUint8(at, v),
    int8: (at, v) => view.setInt8(at, v),
    uint16: (at, v) => view.setUint16(at, v, true),
    int16: (at, v) => view.setInt16(at, v, true),
    uint32: (at, v) => view.setUint32(at, v, true),
    int32: (at, v) => view.setInt32(at, v, true),
    uint64: (at, v) => view.setBigUint64(at, BigInt(Math.trunc(v)), true),
    int64: (at, v) => view.setBigInt64(at, BigInt(Math.trunc(v)), true),
    float32: (at, v) => view.setFloat32(at, v, true),
    float64: (at, v) => view.setFloat64(at, v, true),
  };
  for (const [i, v] of values.entries()) put[dtype](i * size, v);
  return out;
}
