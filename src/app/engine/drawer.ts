/** Folders of files that outlive the page: OPFS where the browser has it, else memory. A file is whole or as it was before, whatever happens. */

/** A folder. */
export interface Drawer {
  /** The file, or null where there is none. */
  read(path: string): Promise<Blob | null>;
  /** Replaces the file as a whole. Throws StorageFull before anything is lost. */
  write(path: string, data: Blob | string): Promise<void>;
  /** Writes several files in this order. Throws StorageFull before the first where they do not fit together. */
  writeAll(files: ReadonlyMap<string, Blob | string>): Promise<void>;
  /** Paths of all files below it, sorted. */
  list(): Promise<readonly string[]>;
  /** Names of the folders in it. */
  drawers(): Promise<readonly string[]>;
  /** A folder in it, made when something is written. */
  drawer(name: string): Drawer;
  /** Removes a folder in it with all that it holds. */
  remove(name: string): Promise<void>;
}

/** There is no room on disk; nothing that was there is lost. */
export class StorageFull extends Error {
  constructor(needed: number, free: number | null) {
    const has = free === null ? 'has no room for it' : `has ${megabytes(free)} left for this page`;
    super(
      `The disk ${has}, and ${megabytes(needed + RESERVE)} are needed. Delete runs that are no longer needed, or free disk space.`,
    );
    this.name = 'StorageFull';
  }
}

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 2 : 0)} MiB`;

/** Bytes that stay free. */
const RESERVE = 2 ** 20;

/** Bytes that this origin may still store; null where the browser does not tell. */
export async function freeBytes(): Promise<number | null> {
  try {
    const { quota, usage } = await navigator.storage.estimate();
    return quota === undefined || usage === undefined ? null : Math.max(0, quota - usage);
  } catch {
    return null;
  }
}

/** Throws StorageFull unless `bytes` fit, beside what is there: a file is written anew before the old one goes. */
export async function checkRoom(bytes: number): Promise<void> {
  const free = await freeBytes();
  if (free !== null && bytes + RESERVE > free) throw new StorageFull(bytes, free);
}

/** The folder `name` of this origin's private files; null where there are none (private windows, Node). */
export async function diskDrawer(name: string): Promise<Drawer | null> {
  try {
    const root = await navigator.storage.getDirectory();
    return onDisk(async (create) => root.getDirectoryHandle(name, { create }));
  } catch {
    return null;
  }
}

/** Opens a folder; rejects where it is not there and is not to be made. */
type Opens = (create: boolean) => Promise<FileSystemDirectoryHandle>;

function onDisk(open: Opens): Drawer {
  const fileOf = async (path: string, create: boolean) => {
    const parts = path.split('/');
    const last = parts.pop()!;
    let folder = await open(create);
    for (const part of parts) folder = await folder.getDirectoryHandle(part, { create });
    return folder.getFileHandle(last, { create });
  };
  const writeAll = async (files: ReadonlyMap<string, Blob | string>) => {
    const blobs = Array.from(files, ([path, data]) => [path, new Blob([data])] as const);
    await checkRoom(blobs.reduce((sum, [, { size }]) => sum + size, 0));
    for (const [path, blob] of blobs) await writeWhole(await fileOf(path, true), blob);
  };
  return {
    async read(path) {
      try {
        return await (await fileOf(path, false)).getFile();
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    write: (path, data) => writeAll(new Map([[path, data]])),
    writeAll,
    list: async () => (await filesIn(await open(false).catch(() => null), '')).sort(),
    async drawers() {
      const found: string[] = [];
      const folder = await open(false).catch(() => null);
      if (folder)
        for await (const [name, handle] of folder.entries()) if (handle.kind === 'directory') found.push(name);
      return found.sort();
    },
    drawer: (name) => onDisk(async (create) => (await open(create)).getDirectoryHandle(name, { create })),
    async remove(name) {
      const folder = await open(false).catch(() => null);
      await folder?.removeEntry(name, { recursive: true }).catch((error) => {
        if (!isMissing(error)) throw error;
      });
    },
  };
}

/** What is written goes to a file aside, which takes the old one's place when it is closed. Throws StorageFull. */
export async function writeWhole(handle: FileSystemFileHandle, blob: Blob): Promise<void> {
  try {
    const stream = await handle.createWritable();
    try {
      await stream.write(blob);
    } catch (error) {
      await stream.abort().catch(() => undefined);
      throw error;
    }
    await stream.close();
  } catch (error) {
    // Opening it made an empty file where there was none; a file that holds nothing was never a good one.
    if (blob.size && !(await handle.getFile()).size) await removed(handle);
    if (error instanceof DOMException && error.name === 'QuotaExceededError')
      throw new StorageFull(blob.size, await freeBytes());
    throw error;
  }
}

/** Removes a file; not every browser can by its handle. */
const removed = (handle: FileSystemFileHandle) =>
  (handle as { remove?: () => Promise<void> }).remove?.().catch(() => undefined);

const isMissing = (error: unknown) => error instanceof DOMException && error.name === 'NotFoundError';

async function filesIn(folder: FileSystemDirectoryHandle | null, under: string): Promise<string[]> {
  const out: string[] = [];
  if (!folder) return out;
  for await (const [name, handle] of folder.entries()) {
    if (handle.kind === 'file') out.push(`${under}${name}`);
    else out.push(...(await filesIn(handle as FileSystemDirectoryHandle, `${under}${name}/`)));
  }
  return out;
}

/** A folder in memory. `room`: bytes that all files together may take. */
export function memoryDrawer(room = Number.POSITIVE_INFINITY): Drawer {
  return inMemory(new Map(), '', room);
}

function inMemory(files: Map<string, Blob>, under: string, room: number): Drawer {
  const inside = () =>
    [...files.keys()].filter((path) => path.startsWith(under)).map((path) => path.slice(under.length));
  const writeAll = async (given: ReadonlyMap<string, Blob | string>) => {
    const blobs = Array.from(given, ([path, data]) => [path, new Blob([data])] as const);
    const sum = (some: Iterable<Blob>) => [...some].reduce((bytes, b) => bytes + b.size, 0);
    const [used, needed] = [sum(files.values()), sum(blobs.map(([, b]) => b))];
    if (used + needed > room) throw new StorageFull(needed, Math.max(0, room - used));
    for (const [path, blob] of blobs) files.set(under + path, blob);
  };
  return {
    read: async (path) => files.get(under + path) ?? null,
    write: (path, data) => writeAll(new Map([[path, data]])),
    writeAll,
    list: async () => inside().sort(),
    drawers: async () =>
      [
        ...new Set(
          inside()
            .filter((p) => p.includes('/'))
            .map((p) => p.split('/')[0]),
        ),
      ].sort(),
    drawer: (name) => inMemory(files, `${under}${name}/`, room),
    async remove(name) {
      for (const path of inside()) if (path.startsWith(`${name}/`)) files.delete(under + path);
    },
  };
}
