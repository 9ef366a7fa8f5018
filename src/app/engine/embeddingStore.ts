import { checkRoom, StorageFull, writeWhole } from './drawer';

/** Embeddings on disk (OPFS), by base, image and slice: an image opened again tomorrow need not be encoded again. A cache: it may vanish, and nothing is lost. */
export interface EmbeddingStore {
  /** The embedding under `name`; null where there is none. Never rejects. */
  read(name: string): Promise<Float32Array<ArrayBuffer> | null>;
  /** Keeps an embedding; where there is no room, it is not kept. Never rejects. */
  write(name: string, data: Float32Array): Promise<void>;
  /** Forgets all. */
  clear(): Promise<void>;
}

/** Embeddings kept; the oldest go first. */
const MAX_FILES = 200;
const FOLDER = 'embeddings';

/** Bytes that embeddings leave free: they can be computed again, runs cannot. */
const LEFT = 8 * 2 ** 20;

/**
 * The store of this origin; one that keeps nothing where the browser offers none (private windows, Node). `onFull` is told the first time
 * that there is no room, and again after there was some.
 */
export function openEmbeddingStore(onFull: (error: StorageFull) => void = () => {}): EmbeddingStore {
  let full = false;
  let folder: Promise<FileSystemDirectoryHandle | null> | null = null;
  const dir = () => {
    folder ??= openFolder();
    return folder;
  };
  return {
    async read(name) {
      try {
        const file = await (await (await dir())?.getFileHandle(name))?.getFile();
        const bytes = await file?.arrayBuffer();
        return bytes && bytes.byteLength % 4 === 0 && bytes.byteLength > 0 ? new Float32Array(bytes) : null;
      } catch {
        return null;
      }
    },
    async write(name, data) {
      const at = await dir();
      if (!at) return;
      try {
        await makeRoom(at, MAX_FILES - 1);
        await checkRoom(data.byteLength + LEFT);
        await writeWhole(await at.getFileHandle(name, { create: true }), new Blob([new Float32Array(data)]));
        full = false;
      } catch (error) {
        // Another tab may write the same: it is computed again next time.
        if (error instanceof StorageFull && !full) onFull(error);
        full ||= error instanceof StorageFull;
      }
    },
    async clear() {
      const at = await dir();
      if (at) await makeRoom(at, 0);
    },
  };
}

async function openFolder(): Promise<FileSystemDirectoryHandle | null> {
  try {
    return await (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
  } catch {
    return null;
  }
}

/** Removes the oldest files, so that at most `keep` are left. */
async function makeRoom(folder: FileSystemDirectoryHandle, keep: number): Promise<void> {
  const files: { name: string; at: number }[] = [];
  for await (const [name, handle] of folder.entries()) {
    if (handle.kind === 'file')
      files.push({ name, at: (await (handle as FileSystemFileHandle).getFile()).lastModified });
  }
  files.sort((a, b) => a.at - b.at);
  for (const { name } of files.slice(0, Math.max(0, files.length - keep))) await folder.removeEntry(name);
}

/** A file name for an embedding: SHA-256 of everything that it depends on. */
export async function embeddingName(parts: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(parts.join('\n')));
  return `${Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, '0')).join('')}.f32`;
}
