/** What was dropped onto the page: files, and those within folders, in the order in which a person sees them. */

/** What is used of a drop. */
export interface Drop {
  readonly files: Iterable<File>;
  readonly items: Iterable<Pick<DataTransferItem, 'webkitGetAsEntry'>>;
}

/** The files, and what could not be read. */
export interface Dropped {
  readonly files: readonly File[];
  /** In words, by name: the others are opened all the same. */
  readonly unreadable: readonly string[];
}

/** Most files and folders that are taken out of a folder. */
const MAX_ENTRIES = 20_000;

/** The files of a drop; those within dropped folders, too. Throws for folders of more than `MAX_ENTRIES` entries. */
export async function droppedFiles(data: Drop | null): Promise<Dropped> {
  // At once: the browser empties the drop after its event.
  const entries = [...(data?.items ?? [])].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const plain = [...(data?.files ?? [])];
  if (!entries.some((e) => e.isDirectory)) return { files: plain, unreadable: [] };
  const walk: Walk = { files: [], unreadable: [], seen: 0 };
  for (const entry of entries) await collect(entry, walk);
  return walk;
}

interface Walk {
  readonly files: File[];
  readonly unreadable: string[];
  seen: number;
}

async function collect(entry: FileSystemEntry, walk: Walk): Promise<void> {
  if (++walk.seen > MAX_ENTRIES)
    throw new Error(`the folder holds more than ${MAX_ENTRIES} files — drop the folder of one study`);
  try {
    if (entry.isFile) walk.files.push(await fileOf(entry as FileSystemFileEntry));
  } catch (error) {
    walk.unreadable.push(`${entry.fullPath}: ${error instanceof Error ? error.message : error}`);
  }
  if (!entry.isDirectory) return;
  const inner: FileSystemEntry[] = [];
  try {
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (let part = await nextPart(reader); part.length; part = await nextPart(reader)) {
      inner.push(...part);
      if (walk.seen + inner.length > MAX_ENTRIES) break;
    }
  } catch (error) {
    walk.unreadable.push(`${entry.fullPath}: ${error instanceof Error ? error.message : error}`);
  }
  for (const e of inner.sort(byName)) await collect(e, walk);
}

/** Slice 2 before slice 10: file systems give any order. */
const { compare } = new Intl.Collator('en', { numeric: true });
const byName = (a: FileSystemEntry, b: FileSystemEntry): number => compare(a.name, b.name);

const fileOf = (entry: FileSystemFileEntry) => new Promise<File>((done, fail) => entry.file(done, fail));

/** A reader gives its entries in parts, a hundred at a time; the last one is empty. */
const nextPart = (reader: FileSystemDirectoryReader) =>
  new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
