import { openCheckpoint } from '../data/checkpoint';
import { resizeBytes } from '../data/resample';
import type { GoldenFiles } from '../train/goldens/files';

/** Reads of a folder of cases; paths use `/` and are relative to it. Names of folders end in `/`. */
export interface CaseFolder {
  list(path: string): Promise<readonly string[]>;
  read(path: string): Promise<Uint8Array<ArrayBuffer>>;
}

/** Names of the cases: folders with a case.json, sorted. */
export async function caseNames(folder: CaseFolder): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await folder.list('')) {
    if (entry.endsWith('/') && (await folder.list(entry.slice(0, -1))).includes('case.json'))
      names.push(entry.slice(0, -1));
  }
  return names.sort();
}

/** Case `name` of `folder` as the runner wants it: files opened by content, images resized as PIL does. */
export function goldenFiles(folder: CaseFolder, name: string): GoldenFiles {
  const at = (path: string) => (path.includes('/') ? path.replace(/^(\.\.\/)+/, '') : `${name}/${path}`);
  return {
    name,
    list: async () => (await folder.list(name)).filter((n) => !n.endsWith('/')),
    text: async (path) => new TextDecoder().decode(await folder.read(at(path))),
    open: async (path) => openCheckpoint(new Blob([await folder.read(at(path))]), `${name}/${path}`),
    resize: (image, width, height) => resizeBytes({ ...image, channels: 3 }, width, height),
  };
}
