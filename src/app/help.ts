/** The help sheet, made from the table of shortcuts. */
import { byId, el } from './dom';
import { GESTURES, SHORTCUTS } from './keys';
import { KEY_GROUPS } from './shortcut';

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
  const table = byId('help-keys', HTMLTableElement);
  table.append(el('colgroup', {}, el('col', { className: 'keys' }), el('col')));
  for (const group of KEY_GROUPS) {
    const own = SHORTCUTS.filter((s) => s.group === group && s.keys.length);
    const heading = el('tr', {}, el('th', { colSpan: 2, scope: 'rowgroup' }, group));
    if (own.length) table.append(el('tbody', {}, heading, ...own.map((s) => row(s.keys, s.about))));
  }
  // What scrolls must be reached by keys.
  byId('help-scroll', HTMLElement).tabIndex = 0;
  const toggle = () => (dialog.open ? dialog.close() : dialog.showModal());
  byId('help-open', HTMLButtonElement).addEventListener('click', toggle);
  byId('help-close', HTMLButtonElement).addEventListener('click', () => dialog.close());
  // A click on the backdrop is a click on the dialog itself.
  dialog.addEventListener('click', (e) => e.target === dialog && dialog.close());
  return toggle;
}
