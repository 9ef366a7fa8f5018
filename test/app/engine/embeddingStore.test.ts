import { afterEach, expect, test, vi } from 'vitest';
import { openEmbeddingStore } from '../../../src/app/engine/embeddingStore';

/** A folder of this origin in memory, on a disk with `room` bytes. */
function disk(room: number) {
  const files = new Map<string, Blob>();
  const handle = (name: string) => ({
    kind: 'file' as const,
    getFile: async () => Object.assign(files.get(name) ?? new Blob([]), { lastModified: 0 }),
    createWritable: async () => {
      let wanted = new Blob([]);
      return {
        write: async (blob: Blob) => {
          wanted = blob;
        },
        close: async () => void files.set(name, wanted),
        abort: async () => {},
      };
    },
  });
  const folder = {
    getDirectoryHandle: async () => folder,
    getFileHandle: async (name: string, { create = false } = {}) => {
      if (!files.has(name) && !create) throw new DOMException('', 'NotFoundError');
      return handle(name);
    },
    removeEntry: async (name: string) => void files.delete(name),
    async *entries() {
      for (const name of files.keys()) yield [name, handle(name)] as const;
    },
  };
  const state = { room };
  const storage = { getDirectory: async () => folder, estimate: async () => ({ quota: state.room, usage: 0 }) };
  vi.stubGlobal('navigator', { storage });
  return { files, state };
}

afterEach(() => vi.unstubAllGlobals());

const MIB = 2 ** 20;

test('an embedding comes back as it was', async () => {
  disk(100 * MIB);
  const store = openEmbeddingStore();
  await store.write('a', Float32Array.of(1, 2, 3));
  expect(await store.read('a')).toEqual(Float32Array.of(1, 2, 3));
  expect(await store.read('b')).toBeNull();
  await store.clear();
  expect(await store.read('a')).toBeNull();
});

test('a full disk is told once until there is room again; what was kept stays; room is left for runs', async () => {
  const { files, state } = disk(100 * MIB);
  const told: string[] = [];
  const store = openEmbeddingStore((error) => told.push(error.message));
  await store.write('a', Float32Array.of(1));
  state.room = 2 * MIB;
  await store.write('a', Float32Array.of(2));
  await store.write('b', Float32Array.of(3));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/2 MiB left/);
  expect([...files.keys()]).toEqual(['a']);
  expect(await store.read('a')).toEqual(Float32Array.of(1));
  state.room = 100 * MIB;
  await store.write('b', Float32Array.of(3));
  state.room = 2 * MIB;
  await store.write('c', Float32Array.of(4));
  expect(told).toHaveLength(2);
});

test('where the browser offers no files, nothing is kept and nothing fails', async () => {
  vi.stubGlobal('navigator', {});
  const store = openEmbeddingStore();
  await store.write('a', Float32Array.of(1));
  expect(await store.read('a')).toBeNull();
});
