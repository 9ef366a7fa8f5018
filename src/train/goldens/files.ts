import type { Shape } from '../../tensor/shape';

/**
 * What the runner wants to know of a case's folder. File formats live a floor above; whoever runs goldens hands in an
 * object of this form.
 */

/** A tensor of a file; `read` gives contiguous little-endian bytes. `dtype` as safetensors names it. */
export interface GoldenTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  read(): Promise<Uint8Array>;
}

/** A file of tensors. `meta` holds nested plain values of torch files. */
export interface GoldenTensorFile {
  readonly entries: ReadonlyMap<string, GoldenTensor>;
  readonly meta: unknown;
}

/** RGB triples of 8 bits, row by row. */
export interface GoldenImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** One case's folder. Paths are relative to it. */
export interface GoldenFiles {
  readonly name: string;
  list(): Promise<readonly string[]>;
  text(path: string): Promise<string>;
  /** Opens a .safetensors, .pth or .pt file. */
  open(path: string): Promise<GoldenTensorFile>;
  /** Resizes as PIL's bilinear filter does (antialiased, 8 bit). */
  resize(image: GoldenImage, width: number, height: number): GoldenImage;
}

/** An array of the case in memory, as float32 whatever it is stored as. */
export interface GoldenArray {
  readonly dtype: string;
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** Reads a tensor as float32. Throws for dtypes that reference numbers do not use. */
export async function goldenArray(t: GoldenTensor): Promise<GoldenArray> {
  const bytes = await t.read();
  const own = bytes.slice().buffer;
  return { dtype: t.dtype, shape: t.shape, data: toFloat(t.dtype, own) };
}

function toFloat(dtype: string, buffer: ArrayBuffer): Float32Array {
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'I32':
      return Float32Array.from(new Int32Array(buffer));
    case 'I64':
      return Float32Array.from(new BigInt64Array(buffer), Number);
    case 'U8':
    case 'BOOL':
      return Float32Array.from(new Uint8Array(buffer));
    default:
      throw new Error(`goldens: dtype ${dtype} is not expected among inputs and results`);
  }
}
