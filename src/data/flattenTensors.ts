// From what a pickle gave to tensors by path name and plain values.
import { CheckpointError } from './errors';
import type { PickleGlobal } from './pickleGlobals';
import { isDict, isSet, type PickleDict } from './pickleValues';
import type { TensorEntry, TensorReference } from './tensorFile';
import { type StorageReader, type StorageRef, type TensorRef, tensorEntry } from './torchTensor';

const maxDepth = 200;
/** A pickle may mention one list many times: what that unfolds to is limited. */
const maxValues = 1_000_000;
const fail = (what: string): never => {
  throw new CheckpointError(`pickle: ${what} — save the state_dict() alone`);
};

const asTensor = (s: StorageRef): TensorRef => ({
  kind: 'tensor',
  storage: s,
  offset: s.offset,
  shape: [s.length],
  stride: [1],
});

/** A dict key as part of a path; tuples of plain values may be keys. */
function keyText(key: unknown, depth = 0): string {
  if (typeof key !== 'object' || key === null) return String(key);
  if (Array.isArray(key) && key.length <= 16 && depth < 3)
    return `(${key.map((k) => keyText(k, depth + 1)).join(', ')})`;
  const ref = key as PickleGlobal;
  return ref.kind === 'global' ? ref.name : fail('a dict has a key that is no plain value');
}

/** What the walk through a value keeps. */
interface Walk {
  readonly storages: StorageReader;
  readonly entries: Map<string, TensorEntry>;
  /** Containers on the way down, to notice one that contains itself. */
  readonly open: Set<unknown>;
  values: number;
}

function addTensor(w: Walk, t: TensorRef, path: string): TensorReference {
  const name = path || 'tensor';
  if (w.entries.has(name)) fail(`two tensors have the path ${JSON.stringify(name)}`);
  w.entries.set(name, tensorEntry(name, t, w.storages));
  return { tensor: name };
}

const step = (path: string, key: string | number) => (path ? `${path}.${key}` : String(key));

function walkContainer(w: Walk, x: PickleDict | Iterable<unknown>, path: string): unknown {
  if (w.open.has(x)) fail('a container contains itself');
  if (w.open.size > maxDepth) fail(`values are nested more than ${maxDepth} deep`);
  w.open.add(x);
  let out: unknown;
  if (isDict(x)) {
    // Without a prototype, so that no key of an untrusted file means anything but itself.
    const fields: Record<string, unknown> = Object.create(null);
    for (const [key, item] of x.items) fields[keyText(key)] = walk(w, item, step(path, keyText(key)));
    out = fields;
  } else out = Array.from(x, (item, i) => walk(w, item, step(path, i)));
  w.open.delete(x);
  return out;
}

function walk(w: Walk, x: unknown, path: string): unknown {
  if (++w.values > maxValues) fail(`it unfolds to more than ${maxValues} values`);
  if (typeof x !== 'object' || x === null || x instanceof Uint8Array) return x;
  if (Array.isArray(x) || isDict(x)) return walkContainer(w, x, path);
  if (isSet(x)) return walkContainer(w, x.items, path);
  const ref = x as TensorRef | StorageRef | PickleGlobal;
  if (ref.kind === 'tensor') return addTensor(w, ref, path);
  return ref.kind === 'storage' ? addTensor(w, asTensor(ref), path) : (ref.dtype ?? ref.name);
}

/** Tensors by path name, and all else as plain values with references in the tensors' places. */
export function flattenTensors(
  value: unknown,
  storages: StorageReader,
): { entries: Map<string, TensorEntry>; meta: unknown } {
  const w: Walk = { storages, entries: new Map(), open: new Set(), values: 0 };
  const meta = walk(w, value, '');
  return { entries: w.entries, meta };
}
