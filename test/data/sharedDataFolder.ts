import type { Folder } from '../../src/data/dataset';
import { listShared, readShared } from '../harness/shared';

/** A folder of ../shared/data as data sets are opened; `root` is its path there. */
export function sharedDataFolder(root: string): Folder {
  const walk = async (at: string): Promise<string[]> => {
    const names = await listShared('data', at ? `${root}/${at}` : root);
    const inside = names.map((n) => (n.endsWith('/') ? walk(at + n) : Promise.resolve([at + n])));
    return (await Promise.all(inside)).flat();
  };
  return {
    name: root,
    list: () => walk(''),
    open: async (path) => new Blob([await readShared('data', `${root}/${path}`)]),
  };
}
