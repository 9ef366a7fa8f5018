/** Ways in for files of one's own: the button, dropping them anywhere (folders, too), pasting. */
import type { Controller } from './controller';
import { byId, setShown } from './dom';
import { splitFiles } from './fileKinds';
import { isZipOfImages } from './zipFiles';

/** Wires them and gives a function that shows the file dialog. */
export function makeFiles(control: Controller): () => void {
  const input = byId('file', HTMLInputElement);
  const open = async (files: readonly File[]) => {
    const zips = new Set<File>();
    for (const file of files) if (await isZipOfImages(file)) zips.add(file);
    const { adapter, others } = splitFiles(files, zips);
    if (others.length) await control.openFiles(others);
    if (adapter.length) await control.importAdapter(adapter);
  };
  const ask = () => input.click();
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    // The same file again should count as a change.
    input.value = '';
    void open(files);
  });
  const veil = byId('drop', HTMLElement);
  const carriesFile = (e: DragEvent) => e.dataTransfer?.types.includes('Files') ?? false;
  addEventListener('dragover', (e) => {
    if (!carriesFile(e)) return;
    e.preventDefault();
    setShown(veil, true);
  });
  addEventListener('dragleave', (e) => {
    if (!e.relatedTarget) setShown(veil, false);
  });
  addEventListener('drop', (e) => {
    setShown(veil, false);
    if (!carriesFile(e)) return;
    // Without this the browser would leave the page for the picture.
    e.preventDefault();
    filesOf(e.dataTransfer)
      .then(open)
      .catch((error) => control.report(error, 'while reading what was dropped'));
  });
  addEventListener('paste', (e) => {
    const files = [...(e.clipboardData?.files ?? [])];
    void open(files);
  });
  return ask;
}

/** The files of a drop; those within dropped folders, too. */
async function filesOf(data: DataTransfer | null): Promise<File[]> {
  const entries = [...(data?.items ?? [])].map((i) => i.webkitGetAsEntry());
  const plain = [...(data?.files ?? [])];
  if (!entries.some((e) => e?.isDirectory)) return plain;
  const out: File[] = [];
  for (const entry of entries) if (entry) await collect(entry, out);
  return out;
}

/** Most files that are taken out of a folder. */
const MAX_FILES = 20_000;

async function collect(entry: FileSystemEntry, out: File[]): Promise<void> {
  if (out.length >= MAX_FILES)
    throw new Error(`the folder holds more than ${MAX_FILES} files — drop the folder of one study`);
  if (entry.isFile) {
    out.push(await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail)));
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A reader gives its entries in parts.
    const part = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (!part.length) return;
    for (const inner of part) await collect(inner, out);
  }
}
