/** A drawer that keeps in memory what the disk has no room for, so that a run is whole all the same until the page goes. */
import { type Drawer, StorageFull } from './drawer';

/** A drawer with a spare one in memory. Reading and listing see both; what is in memory is the newer. */
export interface SpareDrawer extends Drawer {
  drawer(name: string): SpareDrawer;
  /** There are files in memory only. */
  spared(): boolean;
  /** Tries to bring what is in memory to the disk; true when nothing is left there. */
  settle(): Promise<boolean>;
}

/** `disk`, with memory for what does not fit. A write that does not fit throws StorageFull all the same, after it was put into memory. */
export function spareDrawer(disk: Drawer): SpareDrawer {
  return spare(disk, new Map(), '');
}

function spare(disk: Drawer, memory: Map<string, Blob>, under: string): SpareDrawer {
  const inside = () => [...memory.keys()].filter((p) => p.startsWith(under)).map((p) => p.slice(under.length));
  const writeAll = async (files: ReadonlyMap<string, Blob | string>) => {
    try {
      await disk.writeAll(files);
      for (const path of files.keys()) memory.delete(under + path);
    } catch (error) {
      // All of them: files of one moment belong together.
      if (error instanceof StorageFull) for (const [path, data] of files) memory.set(under + path, new Blob([data]));
      throw error;
    }
  };
  return {
    read: async (path) => memory.get(under + path) ?? disk.read(path),
    write: (path, data) => writeAll(new Map([[path, data]])),
    writeAll,
    list: async () => [...new Set([...(await disk.list()), ...inside()])].sort(),
    async drawers() {
      const tops = inside().filter((p) => p.includes('/'));
      return [...new Set([...(await disk.drawers()), ...tops.map((p) => p.split('/')[0])])].sort();
    },
    drawer: (name) => spare(disk.drawer(name), memory, `${under}${name}/`),
    async remove(name) {
      for (const path of inside()) if (path.startsWith(`${name}/`)) memory.delete(under + path);
      await disk.remove(name);
    },
    spared: () => inside().length > 0,
    async settle() {
      const files = new Map(inside().map((path) => [path, memory.get(under + path)!] as const));
      if (files.size)
        await writeAll(files).catch((error) => void (error instanceof StorageFull || Promise.reject(error)));
      return inside().length === 0;
    },
  };
}
