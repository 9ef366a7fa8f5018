// Reads the reference numbers and the sample images that lie beside the checkout (never shipped with the project).
// Node only; tests use shared.ts, which works in the browser, too.
import { readdir, readFile, realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SharedKind, SharedReader } from './shared';

const beside = fileURLToPath(new URL('../../../shared', import.meta.url));

/** Folder of one kind: $GOLDENS_DIR or $DATA_DIR, else ../shared/goldens or ../shared/data. */
export const sharedFolder = (kind: SharedKind): string =>
  process.env[kind === 'goldens' ? 'GOLDENS_DIR' : 'DATA_DIR'] || join(beside, kind);

/** Real path of `path` inside `folder`; throws where it does not exist or leads outside, by `..` or by a link. */
export async function insideFolder(folder: string, path: string): Promise<string> {
  const base = await realpath(folder);
  const target = await realpath(join(base, path));
  const way = relative(base, target);
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) {
    throw new Error(`shared: ${path} leads outside its folder — name a path below it`);
  }
  return target;
}

const exists = (folder: string): Promise<boolean> =>
  readdir(folder).then(
    () => true,
    () => false,
  );

const listFolder = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
};

/** The reader that Node's tests and the browser tests' server use. `folderOf` is a parameter for its own test. */
export const folderReader = (folderOf: (kind: SharedKind) => string = sharedFolder): SharedReader => ({
  available: (kind) => exists(folderOf(kind)),
  read: async (kind, path) => new Uint8Array(await readFile(await insideFolder(folderOf(kind), path))),
  list: async (kind, path) => listFolder(await insideFolder(folderOf(kind), path)),
});
