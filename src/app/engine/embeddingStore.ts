/** Embeddings on disk (OPFS), by base, image and slice: an image opened again tomorrow need not be encoded again. A cache: it may vanish, and nothing is lost. */
export interface EmbeddingStore {
  /** The embedding under `name`; null where there is none. Never rejects. */
  read(name: string): Promise<Float32Array<ArrayBuffer> | null>;
  /** Keeps an embedding; where there is no room, it is not kept. Never rejects. */
  write(name: string, data: Float32Array): Promise<void>;
  /** Forgets all. */
  clear(): Promise<void>;
}

/** What the platform's types lack: a file that a worker may write to at once. */
interface WritableHandle {
  createSyncAccessHandle(): Promise<{
    truncate(size: number): void;
    write(data: Float32Array<ArrayBuffer>, options: { at: number }): number;
    flush(): void;
    close(): void;
  }>;
}

/** Embeddings kept; the oldest go first. */
const MAX_FILES = 200;
const FOLDER = 'embeddings';

/** The store of this origin; one that keeps nothing where the browser offers none (private windows, Node). */
export function openEmbeddingStore(): EmbeddingStore {
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
      try {
        const at = await dir();
        if (!at) return;
        await makeRoom(at, MAX_FILES - 1);
        const handle = await at.getFileHandle(name, { create: true });
        const access = await (handle as unknown as WritableHandle).createSyncAccessHandle();
        try {
          access.truncate(0);
          access.write(new Float32Array(data), { at: 0 });
          access.flush();
        } finally {
          access.close();
        }
      } catch {
        // No room, or another tab writes the same: it is computed again next time.
        await (await dir())?.removeEntry(name).catch(() => undefined);
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
