// torch's old container: five pickles one after another (magic number, protocol version, system, object, storage keys),
// then each storage as an 8-byte element count and its raw little-endian elements.
import { type Bytes, readSlice, readU64, viewOf } from './bytes';
import { CheckpointError } from './errors';
import { unpickle } from './pickle';
import { PickleEnd } from './pickleBytes';
import { dtypeBytes } from './tensorFile';
import { rebuildStorage, type StorageReader, type StorageRef } from './torchTensor';

/** The number that every such file begins with, as a pickle: 0x1950a86a20f9469cfc6c. */
export const legacyMagic = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
const firstWindow = 1024 * 1024;
/** Longest run of pickles that is read: they hold names and shapes, not the data. */
export const maxPickleBytes = 256 * 1024 * 1024;
const remedy = 'the file is truncated or damaged; get it again';

interface Pickles {
  value: unknown;
  keys: unknown;
  storages: Map<string, StorageRef>;
  end: number;
}

function readPickles(bytes: Bytes): Pickles {
  const none = () => {
    throw new CheckpointError(`pickle: a storage stands where none may be — ${remedy}`);
  };
  let at = legacyMagic.length;
  const version = unpickle(bytes, at, none);
  if (version.value !== 1001)
    throw new CheckpointError(`torch file of version ${String(version.value)}; 1001 is known`);
  at = unpickle(bytes, version.end, none).end; // the system that wrote it: storages are little-endian whatever it says
  const storages = new Map<string, StorageRef>();
  const object = unpickle(bytes, at, (id) => {
    const storage = rebuildStorage(id);
    const known = storages.get(storage.key);
    if (known && (known.dtype !== storage.dtype || known.count !== storage.count)) {
      throw new CheckpointError(`pickle: storage ${JSON.stringify(storage.key)} is described in two ways — ${remedy}`);
    }
    storages.set(storage.key, known ?? storage);
    return storage;
  });
  const keys = unpickle(bytes, object.end, none);
  return { value: object.value, keys: keys.value, storages, end: keys.end };
}

/** How long the pickles are is not known before they are read: begin with a small window and widen it. */
async function findPickles(blob: Blob, name: string): Promise<Pickles> {
  const most = Math.min(blob.size, maxPickleBytes);
  for (let window = Math.min(firstWindow, most); ; window = Math.min(window * 8, most)) {
    try {
      return readPickles(await readSlice(blob, 0, window, name));
    } catch (error) {
      if (!(error instanceof PickleEnd) || window === most) throw error;
    }
  }
}

/** Where each storage's bytes begin and end. */
async function findStorages(blob: Blob, name: string, p: Pickles): Promise<Map<string, [number, number]>> {
  if (!Array.isArray(p.keys)) throw new CheckpointError(`${name}: the list of storages is missing — ${remedy}`);
  const spans = new Map<string, [number, number]>();
  let at = p.end;
  for (const key of p.keys as unknown[]) {
    const storage = typeof key === 'string' ? p.storages.get(key) : undefined;
    if (!storage || spans.has(storage.key))
      throw new CheckpointError(
        `${name}: the list of storages names ${JSON.stringify(key)}, which no tensor uses or which came before — ${remedy}`,
      );
    const count = readU64(viewOf(await readSlice(blob, at, at + 8, `${name}: storage ${storage.key}`)), 0);
    if (count !== storage.count) {
      throw new CheckpointError(
        `${name}: storage ${JSON.stringify(key)} has ${count} elements, its description says ${storage.count} — ${remedy}`,
      );
    }
    const end = at + 8 + count * dtypeBytes[storage.dtype];
    if (end > blob.size)
      throw new CheckpointError(
        `${name}: storage ${JSON.stringify(key)} ends at ${end}, the file at ${blob.size} — it is truncated; get it again`,
      );
    spans.set(storage.key, [at + 8, end]);
    at = end;
  }
  return spans;
}

/** The object that a legacy torch file holds, and its storages. `CheckpointError` says what is wrong. */
export async function openLegacy(blob: Blob, name: string): Promise<{ value: unknown; storages: StorageReader }> {
  const pickles = await findPickles(blob, name);
  const spans = await findStorages(blob, name, pickles);
  const span = (key: string): [number, number] => {
    const found = spans.get(key);
    if (!found) throw new CheckpointError(`${name}: storage ${JSON.stringify(key)} is not in the file — ${remedy}`);
    return found;
  };
  const storages: StorageReader = {
    bigEndian: false,
    size: (key) => span(key)[1] - span(key)[0],
    read: (key, start, end) => readSlice(blob, span(key)[0] + start, span(key)[0] + end, `${name}: storage ${key}`),
  };
  return { value: pickles.value, storages };
}
