import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Folder } from '../data/dataset';
import { DatasetError } from '../data/errors';

/** Most files of a folder that are looked at: more is a mistake (somebody's home folder, say). */
const MAX_FILES = 200_000;

/** A folder on disk. `DatasetError` when it is not there or is no folder. */
export async function diskFolder(path: string): Promise<Folder> {
  const found = await stat(path).catch(() => null);
  if (!found)
    throw new DatasetError(`${path}: there is no such folder; expected images/ and masks/, or an index.json, in it`);
  if (!found.isDirectory())
    throw new DatasetError(`${path}: it is a file; give the folder with images/ and masks/ (or an index.json)`);
  const name = basename(resolve(path));
  return { name, list: () => listFiles(path), open: (inside) => openFile(join(path, inside)) };
}

/** A file as a Blob that is read in parts. Throws in words when it is not there. */
export async function openFile(path: string): Promise<Blob> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new DatasetError(`${path}: there is no such file`);
  return openAsBlob(path);
}

/** Relative paths of all files below `root`, with `/`, sorted; hidden folders are left out. */
async function listFiles(root: string): Promise<string[]> {
  const out: string[] = [];
  const walk = async (inside: string): Promise<void> => {
    for (const e of await readdir(join(root, inside), { withFileTypes: true })) {
      const path = inside ? `${inside}/${e.name}` : e.name;
      if (e.isDirectory() && !e.name.startsWith('.')) await walk(path);
      else if (e.isFile() || e.isSymbolicLink()) out.push(path);
      if (out.length > MAX_FILES)
        throw new DatasetError(`${root}: more than ${MAX_FILES} files; give the folder of the data set itself`);
    }
  };
  await walk('');
  return out.sort();
}

/** Writes beside and renames: a file is whole or not there, whatever happens. Makes the folder. */
export async function writeWhole(path: string, data: Blob | string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const bytes = data instanceof Blob ? new Uint8Array(await data.arrayBuffer()) : data;
  await writeFile(`${path}.part`, bytes);
  await rename(`${path}.part`, path);
}

/** The same from pieces that come one after another: none but the current one is in memory. */
export async function writeParts(path: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(`${path}.part`, parts);
  } catch (error) {
    await rm(`${path}.part`, { force: true });
    throw error;
  }
  await rename(`${path}.part`, path);
}

/** SHA-256 of a file, in hexadecimal; read in parts. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}

/** SHA-256 of texts and bytes one after the other, each with its length. */
export function hashParts(parts: Iterable<string | Uint8Array>): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}
