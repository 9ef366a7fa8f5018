// Tensors stored in another float type; integers stay as they are. One tensor is in memory at a time.
import type { Bytes } from './bytes';
import { CheckpointError } from './errors';
import { elementCount, readF32, type TensorEntry } from './tensorFile';

/** Float types that tensors can be stored in. */
export const FLOAT_DTYPES = ['F32', 'F16', 'BF16'] as const;
export type FloatDtype = (typeof FLOAT_DTYPES)[number];

const scratch = new Float32Array(1);
const bitsOf = new Uint32Array(scratch.buffer);

/** The IEEE half-precision bits nearest to a number (ties to even); beyond 65,519.99 infinity, as torch rounds. */
export function floatToHalf(value: number): number {
  scratch[0] = value;
  const x = bitsOf[0];
  const sign = (x >>> 16) & 0x8000;
  const magnitude = x & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) return sign | roundEven(Math.abs(scratch[0]) * 2 ** 24);
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

/** The nearest whole number, ties to even. */
function roundEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  if (rest !== 0.5) return Math.round(x);
  return low % 2 ? low + 1 : low;
}

/** The bfloat16 bits nearest to a number (ties to even). */
export function floatToBfloat(value: number): number {
  scratch[0] = value;
  const x = bitsOf[0];
  if ((x & 0x7fffffff) > 0x7f800000) return (x >>> 16) | 0x40;
  return (x + 0x7fff + ((x >>> 16) & 1)) >>> 16;
}

const floats = new Set(['F64', 'F32', 'F16', 'BF16']);

function packed(name: string, values: Float32Array<ArrayBuffer>, dtype: FloatDtype): Bytes {
  if (dtype === 'F32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    out[i] = dtype === 'F16' ? floatToHalf(values[i]) : floatToBfloat(values[i]);
    if ((out[i] & 0x7fff) === (dtype === 'F16' ? 0x7c00 : 0x7f80) && Number.isFinite(values[i])) {
      throw new CheckpointError(
        `${name}: ${values[i]} is beyond what ${dtype} holds — store it as ${dtype === 'F16' ? 'BF16 or F32' : 'F32'}`,
      );
    }
  }
  return new Uint8Array(out.buffer);
}

/** A tensor stored as `dtype`: floats are rounded to nearest, integers left alone. `CheckpointError` on reading where a finite value becomes infinite. */
export function castEntry(entry: TensorEntry, dtype: FloatDtype): TensorEntry {
  if (!floats.has(entry.dtype) || entry.dtype === dtype) return entry;
  const bytes = elementCount(entry.shape) * (dtype === 'F32' ? 4 : 2);
  return { ...entry, dtype, bytes, read: async () => packed(entry.name, await readF32(entry), dtype) };
}
