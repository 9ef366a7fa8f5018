/** The objects of the shown case: the active one, colours, names, hiding, deleting; accepting the present mask. */
import { type App, follow } from '../app';
import type { Colour, LabelObject } from '../document/document';
import { el, setEnabled } from '../dom';
import type { Panel } from '../panel';
import { predictionOf, shownCase } from '../state';

/** The panel. */
export const panel: Panel = { id: 'objects', place: 'segment', title: 'Objects', order: 10, mount };

function mount(host: HTMLElement, app: App): void {
  const list = el('ul', { id: 'objects', className: 'object-list', attrs: { 'aria-label': 'Objects' } });
  const empty = el('p', { className: 'quiet' }, 'Click on the image; accept the mask with C.');
  const accept = el(
    'button',
    { id: 'commit', type: 'button', className: 'primary', title: 'Accept the mask and begin the next object (C)' },
    'Accept mask',
  );
  accept.addEventListener('click', () => app.control.commit());
  host.append(list, empty, el('div', { className: 'row' }, accept));
  follow(app, (s, before) => {
    setEnabled(accept, predictionOf(s) !== null);
    const doc = shownCase(s)?.timeline.now;
    if (before && doc === shownCase(before)?.timeline.now) return;
    empty.hidden = Boolean(doc?.objects.length);
    // What is being typed into must stay.
    if (list.contains(document.activeElement) && document.activeElement instanceof HTMLInputElement) {
      if (list.children.length === doc?.objects.length) return;
    }
    list.replaceChildren(...(doc?.objects ?? []).map((o) => row(app, o, o.id === doc?.active)));
  });
}

function row({ control }: App, o: LabelObject, active: boolean): HTMLElement {
  const object = o.id;
  const colour = el('input', {
    type: 'color',
    value: hex(o.colour),
    title: `Colour of ${o.name}`,
    attrs: { 'aria-label': `Colour of ${o.name}` },
  });
  colour.addEventListener('input', () => control.edit({ type: 'recolour', object, colour: rgb(colour.value) }));
  const name = el('input', {
    type: 'text',
    value: o.name,
    maxLength: 80,
    attrs: { 'aria-label': `Name of ${o.name}` },
  });
  name.addEventListener('change', () => control.edit({ type: 'rename', object, name: name.value.trim() || o.name }));
  const button = (word: string, kind: string, pressed: boolean | null, does: () => void) => {
    const attrs: Record<string, string> = { 'aria-label': `${word} ${o.name}` };
    if (pressed !== null) attrs['aria-pressed'] = String(pressed);
    const made = el(
      'button',
      { type: 'button', className: `icon ${kind}`, title: `${word} ${o.name}`, attrs },
      pressed === null ? '×' : '',
    );
    made.addEventListener('click', does);
    return made;
  };
  return el(
    'li',
    { className: active ? 'object active' : 'object' },
    button('Go on with', 'pick', active, () => control.edit({ type: 'activate', object: active ? null : object })),
    colour,
    name,
    el('small', { title: 'The model’s own estimate of IoU' }, o.score === null ? '' : o.score.toFixed(2)),
    button('Hide', 'eye', o.hidden, () => control.edit({ type: 'hide', object, hidden: !o.hidden })),
    button('Delete', 'delete', null, () => control.edit({ type: 'removeObject', object })),
  );
}

const hex = (c: Colour): string => `#${c.map((v) => v.toString(16).padStart(2, '0')).join('')}`;
const rgb = (text: string): Colour =>
  [1, 3, 5].map((i) => Number.parseInt(text.slice(i, i + 2), 16)) as unknown as Colour;
