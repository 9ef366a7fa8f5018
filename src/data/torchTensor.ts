// Tensors of torch files as views: a storage (a run of bytes somewhere in the file), an offset, sizes and strides, all
// in elements. Reading makes one tensor contiguous; storages are never joined or kept.
import type { Bytes } from './bytes';
import { CheckpointError } from './errors';
import { dtypeBytes, elementCount, type TensorEntry } from './tensorFile';

/** A storage that the pickle mentioned: `key` is its name in the file. Offset and length in elements of `dtype`. */
export interface StorageRef {
  readonly kind: 'storage';
  readonly key: string;
  readonly dtype: string;
  /** Elements of the whole storage `key`. */
  readonly count: number;
  /** Where this one begins in it (old files share parts of a storage in this way). */
  readonly offset: number;
  readonly length: number;
}

/** A strided view of a storage. */
export interface TensorRef {
  readonly kind: 'tensor';
  readonly storage: StorageRef;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}

/** Where the bytes of storages are: the two containers implement it. `read` gives bytes [start, end) of storage `key`. */
export interface StorageReader {
  /** Bytes of the storage; `CheckpointError` where the file has none of that name. */
  size(key: string): number;
  read(key: string, start: number, end: number): Promise<Bytes>;
  /** Elements are stored with the most significant byte first. */
  readonly bigEndian: boolean;
}

const maxRank = 64;
const isCount = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;
const isCounts = (x: unknown): x is number[] => Array.isArray(x) && x.length <= maxRank && x.every(isCount);
const remedy = 'the file is damaged; get it again';

/** Elements [first, last] that a view touches, relative to its storage; null for an empty one. */
function reach(t: Pick<TensorRef, 'offset' | 'shape' | 'stride'>): [number, number] | null {
  if (t.shape.includes(0)) return null;
  return [t.offset, t.shape.reduce((last, size, d) => last + (size - 1) * t.stride[d], t.offset)];
}

/** torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks): checked, nothing is read. */
export function rebuildTensor(args: readonly unknown[]): TensorRef {
  const [storage, offset, shape, stride] = args as [StorageRef | undefined, unknown, unknown, unknown];
  if (
    storage?.kind !== 'storage' ||
    !isCount(offset) ||
    !isCounts(shape) ||
    !isCounts(stride) ||
    shape.length !== stride.length
  ) {
    throw new CheckpointError(
      `pickle: a tensor is described by something else than storage, offset, size and stride — ${remedy}`,
    );
  }
  if (Number.isNaN(elementCount(shape)))
    throw new CheckpointError(`pickle: a tensor claims the shape [${shape}] — ${remedy}`);
  const range = reach({ offset, shape, stride });
  if (range && range[1] >= storage.length) {
    throw new CheckpointError(
      `pickle: a tensor [${shape}] with strides [${stride}] at ${offset} needs ${range[1] + 1} elements, its storage ${JSON.stringify(storage.key)} has ${storage.length} — ${remedy}`,
    );
  }
  return { kind: 'tensor', storage, offset, shape: [...shape], stride: [...stride] };
}

/** A storage as the pickle's persistent id names it: ('storage', class, key, device, count[, view]). */
export function rebuildStorage(id: unknown): StorageRef {
  const bad = (): never => {
    throw new CheckpointError(`pickle: a storage is described in an unknown way — ${remedy}`);
  };
  if (!Array.isArray(id)) return bad();
  if (id[0] === 'module') {
    throw new CheckpointError(
      'pickle: the file holds a whole model with its source code, which is refused — in Python, save the state_dict() alone',
    );
  }
  const [word, type, key, , count, view] = id as [
    unknown,
    { storageDtype?: string } | undefined,
    unknown,
    unknown,
    unknown,
    unknown,
  ];
  const dtype = type?.storageDtype;
  if (word !== 'storage' || !dtype || typeof key !== 'string' || !isCount(count)) return bad();
  if (view === null || view === undefined) return { kind: 'storage', key, dtype, count, offset: 0, length: count };
  const [, offset, length] = Array.isArray(view) ? (view as unknown[]) : [];
  if (!isCount(offset) || !isCount(length) || offset + length > count) return bad();
  return { kind: 'storage', key, dtype, count, offset, length };
}

function isContiguous(t: TensorRef): boolean {
  let expected = 1;
  for (let d = t.shape.length - 1; d >= 0; d--) {
    if (t.shape[d] !== 1 && t.stride[d] !== expected) return false;
    expected *= t.shape[d];
  }
  return true;
}

/** Copies the strided elements of `from` (whose first element is the view's first) into row-major order. */
function gather(from: Bytes, t: TensorRef, size: number): Bytes {
  const count = elementCount(t.shape);
  const out = new Uint8Array(count * size);
  const index = new Array<number>(t.shape.length).fill(0);
  let source = 0;
  for (let i = 0; i < count; i++) {
    for (let b = 0; b < size; b++) out[i * size + b] = from[source * size + b];
    for (let d = t.shape.length - 1; d >= 0; d--) {
      source += t.stride[d];
      if (++index[d] < t.shape[d]) break;
      source -= t.stride[d] * t.shape[d];
      index[d] = 0;
    }
  }
  return out;
}

function swapBytes(bytes: Bytes, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

/** Most bytes that repeating (stride 0) may make out of a small storage. */
const maxExpanded = 64 * 1024 * 1024;

/** The entry that reads a tensor; `CheckpointError` where its storage is too short or an expansion is out of proportion. */
export function tensorEntry(name: string, t: TensorRef, storages: StorageReader): TensorEntry {
  const size = dtypeBytes[t.storage.dtype];
  const bytes = elementCount(t.shape) * size;
  const held = storages.size(t.storage.key);
  if (t.storage.count * size > held) {
    throw new CheckpointError(
      `${name}: its storage ${JSON.stringify(t.storage.key)} claims ${t.storage.count * size} bytes, the file holds ${held} — it is truncated or damaged; get it again`,
    );
  }
  if (bytes > Math.max(maxExpanded, held)) {
    throw new CheckpointError(
      `${name}: [${t.shape}] repeats a storage of ${held} bytes into ${bytes} — save tensor.contiguous() if that is meant`,
    );
  }
  const read = async () => {
    const range = reach(t);
    if (!range) return new Uint8Array(0);
    const first = (t.storage.offset + range[0]) * size;
    const part = await storages.read(t.storage.key, first, (t.storage.offset + range[1] + 1) * size);
    const out = isContiguous(t) ? part : gather(part, t, size);
    if (storages.bigEndian && size > 1) swapBytes(out, size);
    return out;
  };
  return { name, dtype: t.storage.dtype, shape: t.shape, bytes, read };
}
