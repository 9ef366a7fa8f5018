/** The objects of the shown case, and what can be done with them; accepting the present mask. */
import { type App, follow } from '../app';
import { placeKey } from '../document/caseInfo';
import { type CaseDoc, type LabelObject, objectOf } from '../document/document';
import { el, setEnabled } from '../dom';
import { makeObjectRow, type ObjectRow } from '../objectRow';
import type { Panel } from '../panel';
import { type AppState, placeNow, predictionOf, shownCase } from '../state';
import { reshapeActive } from '../strokes';

/** The panel. */
export const panel: Panel = { id: 'objects', place: 'segment', title: 'Objects', order: 10, mount };

function mount(host: HTMLElement, app: App): void {
  const list = el('ul', { id: 'objects', className: 'object-list', attrs: { 'aria-label': 'Objects' } });
  const empty = el('p', { className: 'quiet' }, 'Click on the image; accept the mask with C.');
  const { row, update } = actions(app);
  host.append(list, empty, row);
  const rows = new Map<number, ObjectRow>();
  follow(app, (s, before) => {
    update();
    const open = shownCase(s);
    const was = before && shownCase(before);
    if (before && open?.timeline.now === was?.timeline.now && sliceKey(s) === sliceKey(before)) return;
    const doc = open?.timeline.now;
    empty.hidden = Boolean(doc?.objects.length);
    if (open?.info.id !== was?.info.id) rows.clear();
    showRows(app, list, rows, doc?.objects ?? []);
  });
}

/** Sizes in the list are those on the slice that is worked on. */
function sliceKey(s: AppState): string {
  const at = placeNow(s);
  return at ? `${at.case} ${placeKey(at)}` : '';
}

/** One row an object: those that are there already are brought up to date and put in their place. */
function showRows(app: App, list: HTMLElement, rows: Map<number, ObjectRow>, objects: CaseDoc['objects']): void {
  const known = new Set(objects.map((o) => o.id));
  for (const id of rows.keys()) if (!known.has(id)) rows.delete(id);
  const nodes = objects.map((o, i) => {
    const row = rows.get(o.id) ?? makeObjectRow(app, o.id);
    rows.set(o.id, row);
    row.update(o, i, objects.length);
    return row.element;
  });
  // Moving a node takes the focus from it: only what is out of place is moved.
  for (const child of [...list.children]) if (!nodes.includes(child as HTMLLIElement)) child.remove();
  for (const [i, node] of nodes.entries())
    if (list.children[i] !== node) list.insertBefore(node, list.children[i] ?? null);
}

/** Buttons for the mask as a whole. */
function actions(app: App) {
  const make = (id: string, word: string, title: string, does: () => void, kind = 'plain small') => {
    const made = el('button', { id, type: 'button', className: kind, title }, word);
    made.addEventListener('click', does);
    return made;
  };
  const accept = make(
    'commit',
    'Accept mask',
    'Accept the mask and begin the next object (C)',
    () => app.control.commit(),
    'primary',
  );
  const fresh = make('new-object', 'New', 'The next prompt or stroke begins an object (N)', () =>
    app.control.edit({ type: 'activate', object: null }),
  );
  const change = (how: 'fill' | 'largest') => () => {
    const made = reshapeActive(app.store.get(), how);
    if (made) app.control.edit(made);
  };
  const fill = make(
    'fill-holes',
    'Fill holes',
    'Fill the holes of the active object on this slice (F)',
    change('fill'),
  );
  const largest = make(
    'keep-largest',
    'Largest part',
    'Keep only the largest part of the active object on this slice (K)',
    change('largest'),
  );
  const update = () => {
    const s = app.store.get();
    const doc = shownCase(s)?.timeline.now;
    const active: LabelObject | null = doc ? objectOf(doc, doc.active) : null;
    setEnabled(accept, predictionOf(s) !== null);
    setEnabled(fresh, active !== null);
    const there = active !== null && (active.masks.size > 0 || predictionOf(s) !== null);
    for (const button of [fill, largest]) setEnabled(button, there);
  };
  return { row: el('div', { className: 'row object-actions' }, accept, fresh, fill, largest), update };
}
