// What every checkpoint format gives: tensors by name, read one at a time, and the plain values beside them.
import type { Bytes } from './bytes';
import { CheckpointError } from './errors';

/** Bytes of one element by safetensors dtype name. */
export const dtypeBytes: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** One tensor of a checkpoint. `read` gives its contiguous, row-major, little-endian bytes in a buffer of its own. */
export interface TensorEntry {
  readonly name: string;
  /** A key of `dtypeBytes`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Bytes that `read` returns. */
  readonly bytes: number;
  read(): Promise<Bytes>;
}

/** Stands in `meta` where the file has a tensor; `tensor` is its name in `entries`. */
export interface TensorReference {
  readonly tensor: string;
}

/** An opened checkpoint. Nothing but the header (or the pickle) has been read. */
export interface TensorFile {
  readonly kind: 'safetensors' | 'torch-zip' | 'torch-legacy';
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** Nested plain values (null, boolean, number, bigint, string, bytes, arrays, objects), tensors as `TensorReference`. */
  readonly meta: unknown;
}

/** Number of elements of a shape, or NaN where a size is no whole number >= 0 or the product leaves 2^53. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) return Number.NaN;
    count *= size;
  }
  // A product that overflowed on the way may still contain a later zero: that is an empty tensor.
  if (shape.includes(0)) return 0;
  return Number.isSafeInteger(count) ? count : Number.NaN;
}

/** An f32 tensor in memory as an entry: what a writer takes. `CheckpointError` where the values do not fill the shape. */
export function f32Entry(name: string, shape: readonly number[], values: Float32Array): TensorEntry {
  if (values.length !== elementCount(shape))
    throw new CheckpointError(`${name}: ${values.length} values for the shape [${shape}]`);
  const bytes = values.byteLength;
  const read = () => Promise.resolve(new Uint8Array(values.slice().buffer));
  return { name, dtype: 'F32', shape: [...shape], bytes, read };
}

/** The value of IEEE half-precision bits. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let halves: Float32Array | undefined;

function halfTable(): Float32Array {
  halves ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToFloat(bits));
  return halves;
}

function fromHalf(codes: Uint16Array): Float32Array<ArrayBuffer> {
  const lookup = halfTable();
  const out = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) out[i] = lookup[codes[i]];
  return out;
}

function fromBfloat(codes: Uint16Array): Float32Array<ArrayBuffer> {
  const out = new Uint32Array(codes.length);
  for (let i = 0; i < codes.length; i++) out[i] = codes[i] << 16;
  return new Float32Array(out.buffer);
}

function fromBigints(values: BigInt64Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = Number(values[i]);
  return out;
}

/**
 * One tensor as f32, in the order of `shape`: f32 without a copy, f16 and bf16 exactly, f64 and integers rounded to the
 * nearest f32, booleans as 0 and 1. `CheckpointError` for a dtype that is not in `dtypeBytes`.
 */
export async function readF32(entry: TensorEntry): Promise<Float32Array<ArrayBuffer>> {
  const bytes = await entry.read();
  const at = (size: number) => [bytes.buffer, bytes.byteOffset, bytes.byteLength / size] as const;
  switch (entry.dtype) {
    case 'F32':
      return new Float32Array(...at(4));
    case 'F16':
      return fromHalf(new Uint16Array(...at(2)));
    case 'BF16':
      return fromBfloat(new Uint16Array(...at(2)));
    case 'F64':
      return new Float32Array(new Float64Array(...at(8)));
    case 'I64':
      return fromBigints(new BigInt64Array(...at(8)));
    case 'I32':
      return new Float32Array(new Int32Array(...at(4)));
    case 'I16':
      return new Float32Array(new Int16Array(...at(2)));
    case 'I8':
      return new Float32Array(new Int8Array(...at(1)));
    case 'U8':
    case 'BOOL':
      return new Float32Array(bytes);
    default:
      throw new CheckpointError(
        `${entry.name}: dtype ${entry.dtype} cannot become f32 — known are ${Object.keys(dtypeBytes).join(', ')}`,
      );
  }
}
