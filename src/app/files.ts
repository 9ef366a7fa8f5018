/** Ways in for an image of one's own: the button, dropping a file anywhere, pasting. */
import type { Controller } from './controller';
import { byId, setShown } from './dom';

/** Wires them and gives a function that shows the file dialog. */
export function makeFiles(control: Controller): () => void {
  const input = byId('file', HTMLInputElement);
  const ask = () => input.click();
  byId('open', HTMLButtonElement).addEventListener('click', ask);
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    // The same file again should count as a change.
    input.value = '';
    if (file) void control.openFile(file);
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
    const file = e.dataTransfer?.files[0];
    if (file) void control.openFile(file);
  });
  addEventListener('paste', (e) => {
    const file = e.clipboardData?.files[0];
    if (file) void control.openFile(file);
  });
  return ask;
}
