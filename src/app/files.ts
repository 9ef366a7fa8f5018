/** Ways in for files of one's own: the button, dropping them anywhere (folders, too), pasting. */
import type { Controller } from './controller';
import { byId, setShown } from './dom';
import { droppedFiles } from './droppedFiles';
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
    droppedFiles(e.dataTransfer)
      .then(async ({ files, unreadable }) => {
        if (files.length) await open(files);
        if (unreadable.length)
          throw new Error(`${unreadable.length} could not be read: ${unreadable.slice(0, 4).join(', ')}`);
      })
      .catch((error) => control.report(error, 'while reading what was dropped'));
  });
  addEventListener('paste', (e) => {
    const files = [...(e.clipboardData?.files ?? [])];
    void open(files);
  });
  return ask;
}
