// torch's zip container (.pth), written: what torch.save of the same values would hold, so that torch.load (also with
// weights_only) opens it. Reading is torchPth.ts's business.
import { findStorageClass } from './pickleGlobals';
import { type PyDict, type PyFloat, type PyTuple, type PyValue, pickleBytes, pyOrdered, pyTuple } from './pickleWrite';
import { elementCount, type TensorEntry } from './tensorFile';
import { type ZipSource, zipParts } from './zipWrite';

/** What a torch file can hold: plain values, and tensors as entries of another file or of memory. */
export type TorchValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PyFloat
  | TensorEntry
  | readonly TorchValue[]
  | ReadonlyMap<string | number, TorchValue>
  | { readonly kind: 'tuple'; readonly items: readonly TorchValue[] }
  | { readonly kind: 'dict' | 'ordered'; readonly items: ReadonlyMap<string | number, TorchValue> };

/** A state_dict: an OrderedDict of tensors under their names, in this order. */
export function stateDict(entries: ReadonlyMap<string, TensorEntry>): {
  readonly kind: 'ordered';
  readonly items: ReadonlyMap<string, TensorEntry>;
} {
  return { kind: 'ordered', items: entries };
}

const isEntry = (x: object): x is TensorEntry => 'read' in x && typeof x.read === 'function' && 'dtype' in x;

/** Row-major strides in elements. */
function strides(shape: readonly number[]): number[] {
  const out: number[] = [];
  let step = 1;
  for (const size of [...shape].reverse()) {
    out.unshift(step);
    step *= Math.max(1, size);
  }
  return out;
}

/** Tensors replaced by calls of torch's rebuilding function; each entry is stored once, however often it is mentioned. */
function converter(storages: Map<TensorEntry, string>): (value: TorchValue) => PyValue {
  const items = (map: ReadonlyMap<string | number, TorchValue>) =>
    new Map(Array.from(map, ([key, value]) => [key, convert(value)] as const));
  const tensor = (entry: TensorEntry): PyValue => {
    const key = storages.get(entry) ?? String(storages.size);
    storages.set(entry, key);
    const type = { kind: 'global', module: 'torch', name: findStorageClass(entry.dtype) } as const;
    const id = pyTuple('storage', type, key, 'cpu', elementCount(entry.shape));
    return {
      kind: 'call',
      callee: { kind: 'global', module: 'torch._utils', name: '_rebuild_tensor_v2' },
      args: [
        { kind: 'persistent', id },
        0,
        pyTuple(...entry.shape),
        pyTuple(...strides(entry.shape)),
        false,
        pyOrdered(),
      ],
    };
  };
  const special = (value: Extract<TorchValue, { kind: string }>): PyTuple | PyDict | PyFloat => {
    if (value.kind === 'float') return value;
    if (value.kind === 'tuple') return pyTuple(...value.items.map(convert));
    return { kind: value.kind, items: items(value.items) };
  };
  const convert = (value: TorchValue): PyValue => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
    if (Array.isArray(value)) return value.map(convert);
    if (value instanceof Map) return items(value);
    if (isEntry(value)) return tensor(value);
    return special(value as Extract<TorchValue, { kind: string }>);
  };
  return convert;
}

const fromBytes = (name: string, data: Uint8Array<ArrayBuffer>): ZipSource => ({
  name,
  bytes: data.length,
  read: () => Promise.resolve(data),
});

/**
 * The bytes of a .pth file in pieces: records data.pkl, byteorder, data/0 …, version below `archive/`. Tensors are read
 * when their turn comes, one in memory at a time. Equal input gives equal bytes.
 */
export function torchParts(value: TorchValue): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const storages = new Map<TensorEntry, string>();
  const pickle = pickleBytes(converter(storages)(value));
  const text = (words: string) => new TextEncoder().encode(words);
  const data = Array.from(
    storages,
    ([entry, key]): ZipSource => ({
      name: `archive/data/${key}`,
      bytes: entry.bytes,
      read: () => entry.read(),
    }),
  );
  return zipParts([
    fromBytes('archive/data.pkl', pickle),
    fromBytes('archive/byteorder', text('little')),
    ...data,
    fromBytes('archive/version', text('3\n')),
  ]);
}

/** The same as one Blob. */
export async function writeTorch(value: TorchValue): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const part of torchParts(value)) parts.push(part);
  return new Blob(parts);
}
