/** All importers, found by glob in `importers/`, and opening files by them: adding a format is adding a file. */
import { readSlice } from '../data/bytes';
import { FormatError, wordsOf } from '../data/errors';
import { headOf } from '../data/openAny';
import { looksLike } from '../data/otherFormats';
import type { Importer, ImportFile, NewCase } from './importer';

/** All importers, the first to be asked first. */
export const IMPORTERS: readonly Importer[] = Object.values(
  import.meta.glob<{ readonly importer: Importer }>('./importers/*.ts', { eager: true }),
)
  .map((m) => m.importer)
  .sort((a, b) => a.order - b.order);

/** What files became: cases, and reasons in words. */
export interface Imported {
  readonly cases: readonly NewCase[];
  readonly refused: readonly { readonly name: string; readonly message: string }[];
}

/** Opens everything that an importer takes; what is left is refused by what it looks like. Rejects never. */
export async function importFiles(files: readonly (Blob & { readonly name: string })[]): Promise<Imported> {
  const cases: NewCase[] = [];
  const refused: { name: string; message: string }[] = [];
  const all: ImportFile[] = [];
  const refuse = (name: string, error: unknown) => refused.push({ name, message: wordsOf(error) });
  for (const blob of files) {
    try {
      all.push(await withHead(blob));
    } catch (error) {
      refuse(blob.name, error);
    }
  }
  const used = new Set<ImportFile>();
  const beside = async (name: string) => {
    const found = all.find((f) => f.name === name);
    if (found) used.add(found);
    return found?.blob ?? null;
  };
  let rest: readonly ImportFile[] = all;
  for (const importer of IMPORTERS) {
    const groups = importer.takes(rest);
    for (const group of groups) {
      rest = rest.filter((f) => !group.includes(f));
      try {
        cases.push(await importer.open(group, beside));
      } catch (error) {
        refuse(group[0].name, error);
      }
    }
  }
  for (const f of rest.filter((x) => !used.has(x))) refuse(f.name, unknown(f));
  return { cases, refused };
}

async function withHead(blob: Blob & { readonly name: string }): Promise<ImportFile> {
  const { name } = blob;
  if (blob.size === 0) throw new FormatError(`${name}: the file is empty — get it again`);
  await readSlice(blob, 0, 1, name);
  return { name, blob, head: await headOf(blob, name) };
}

function unknown({ name, head }: ImportFile): FormatError {
  const looks = looksLike(head);
  const seems = looks ? `it looks like ${looks}` : 'neither its first bytes nor its name belong to any of them';
  return new FormatError(`${name}: no file of a known kind (${IMPORTERS.map((i) => i.words).join(', ')}) — ${seems}`);
}
