/** The help sheet, made from the table of shortcuts. */
import { byId, el } from './dom';
import { GESTURES, SHORTCUTS } from './keys';

/** Fills `#help` and gives a function that opens or closes it. */
export function makeHelp(): () => void {
  const dialog = byId('help', HTMLDialogElement);
  const row = (keys: readonly string[], about: string) =>
    el(
      'tr',
      {},
      el('td', {}, ...keys.flatMap((k, i) => [...(i ? [' or '] : []), el('kbd', {}, k)])),
      el('td', {}, about),
    );
  byId('help-pointer', HTMLTableSectionElement).append(...GESTURES.map(([keys, about]) => row(keys, about)));
  byId('help-keys', HTMLTableSectionElement).append(
    ...SHORTCUTS.filter((s) => s.keys.length).map((s) => row(s.keys, s.about)),
  );
  const toggle = () => (dialog.open ? dialog.close() : dialog.showModal());
  byId('help-open', HTMLButtonElement).addEventListener('click', toggle);
  byId('help-close', HTMLButtonElement).addEventListener('click', () => dialog.close());
  // A click on the backdrop is a click on the dialog itself.
  dialog.addEventListener('click', (e) => e.target === dialog && dialog.close());
  return toggle;
}
