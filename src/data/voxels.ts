// From stored bytes to numbers: byte order, interleaved parts, 64-bit integers, slope and intercept. Shared by the
// formats that store plain arrays.
import type { Bytes } from './bytes';
import { VolumeError } from './errors';
import type { VoxelArray } from './volume';

/** How numbers are stored. */
export interface Storage {
  /** uint8 … float64, of one part. */
  readonly dtype: string;
  readonly endian: 'little' | 'big';
  readonly slope: number;
  readonly intercept: number;
}

const makers = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** Bytes of one number of each type. */
export const storedBytes: Readonly<Record<string, number>> = {
  ...Object.fromEntries(Object.entries(makers).map(([name, make]) => [name, make.BYTES_PER_ELEMENT])),
  int64: 8,
  uint64: 8,
};

/** Turns the bytes of each number round, in place. */
function swap(bytes: Uint8Array, size: number): void {
  for (let at = 0; at + size <= bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

/** Whole numbers of 64 bits: int32 where all fit, else float64. */
function wide(bytes: Bytes, signed: boolean): Int32Array | Float64Array {
  const big = signed ? new BigInt64Array(bytes.buffer) : new BigUint64Array(bytes.buffer);
  const fits = big.every((v) => v >= -2147483648n && v <= 2147483647n);
  const out = fits ? new Int32Array(big.length) : new Float64Array(big.length);
  for (let i = 0; i < big.length; i++) out[i] = Number(big[i]);
  return out;
}

/**
 * The numbers that own-buffer `bytes` hold (consumed: they are swapped in place). Without a scale the stored type is kept
 * (64-bit integers become int32 where all fit, else float64); with one, 8- and 16-bit integers and float32 become
 * float32, wider types float64.
 */
export function decodeVoxels(bytes: Bytes, { dtype, endian, slope, intercept }: Storage): VoxelArray {
  const size = storedBytes[dtype];
  if (!size)
    throw new VolumeError(`voxels of type ${dtype} are not read — there are ${Object.keys(storedBytes).join(', ')}`);
  if (endian === 'big' && size > 1) swap(bytes, size);
  const raw =
    dtype === 'int64' || dtype === 'uint64'
      ? wide(bytes, dtype === 'int64')
      : new makers[dtype as keyof typeof makers](bytes.buffer, bytes.byteOffset, bytes.length / size);
  if (slope === 1 && intercept === 0) return raw;
  const out = size <= 2 || dtype === 'float32' ? new Float32Array(raw.length) : new Float64Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw[i] * slope + intercept;
  return out;
}

/** Part `part` of `parts` interleaved numbers of `size` bytes: the red of RGB, the real half of complex numbers. */
export function takePart(bytes: Bytes, size: number, parts: number, part: number): Bytes {
  const out = new Uint8Array(bytes.length / parts);
  for (let from = part * size, to = 0; to < out.length; from += size * parts, to += size) {
    for (let k = 0; k < size; k++) out[to + k] = bytes[from + k];
  }
  return out;
}
