/** One line of the list of objects: colour, name, size, values, and buttons. */
import type { App } from './app';
import type { Colour, LabelObject } from './document/document';
import { sliceOf } from './document/look';
import { el, setEnabled, setText } from './dom';
import { type IconName, icon } from './icons';
import { sizeText, spotOf, valuesText } from './measures';
import { statisticsFor } from './objectStatistics';
import { shownCase } from './state';

/** A line that can be brought up to date. */
export interface ObjectRow {
  readonly element: HTMLLIElement;
  update(o: LabelObject, index: number, count: number): void;
}

/** The line of the object with this id. */
export function makeObjectRow(app: App, object: number): ObjectRow {
  const { control } = app;
  let now: LabelObject | null = null;
  let at = 0;
  const colour = el('input', { type: 'color' });
  colour.addEventListener('input', () => control.edit({ type: 'recolour', object, colour: rgb(colour.value) }));
  const name = el('input', { type: 'text', maxLength: 80 });
  name.addEventListener('change', () =>
    control.edit({ type: 'rename', object, name: name.value.trim() || `Object ${object}` }),
  );
  name.addEventListener('keydown', (e) => e.key === 'Enter' && name.blur());
  const b = {
    pick: made('pick', () => pick(app, now)),
    hide: made('', () => now && control.edit({ type: 'hide', object, hidden: !now.hidden })),
    lock: made('', () => now && control.edit({ type: 'lock', object, locked: !now.locked })),
    jump: made('', () => jump(app, now)),
    up: made('', () => control.edit({ type: 'move', object, to: at - 1 })),
    down: made('', () => control.edit({ type: 'move', object, to: at + 1 })),
    remove: made('', () => control.edit({ type: 'removeObject', object })),
  };
  const score = el('small', { title: 'The model’s own estimate of IoU' });
  const facts = el('small', { className: 'object-facts' });
  const line = el('div', { className: 'object-line' }, b.pick, colour, name, score, b.hide, b.lock, b.remove);
  const below = el('div', { className: 'object-line' }, facts, b.jump, b.up, b.down);
  const element = el('li', {}, line, below);
  element.dataset.object = String(object);
  return {
    element,
    update(o, index, count) {
      now = o;
      at = index;
      const open = shownCase(app.store.get());
      const active = open?.timeline.now.active === object;
      element.className = active ? 'object active' : 'object';
      colour.value = hex(o.colour);
      if (document.activeElement !== name) name.value = o.name;
      setText(score, o.score === null ? '' : o.score.toFixed(2));
      label(colour, `Colour of ${o.name}`);
      label(name, `Name of ${o.name}`);
      press(b.pick, active ? `Leave ${o.name}` : `Go on with ${o.name}`, active);
      press(b.hide, `Hide ${o.name}`, o.hidden, o.hidden ? 'eyeOff' : 'eye');
      press(b.lock, `Lock ${o.name}`, o.locked, o.locked ? 'locked' : 'open');
      press(b.jump, `Go to ${o.name}`, null, 'target');
      press(b.up, `Move ${o.name} up (drawn under the one below)`, null, 'up');
      press(b.down, `Move ${o.name} down (drawn over the one above)`, null, 'down');
      press(b.remove, `Delete ${o.name}`, null, 'bin');
      setEnabled(b.pick, !o.locked);
      setEnabled(b.jump, o.masks.size > 0);
      setEnabled(b.up, index > 0);
      setEnabled(b.down, index < count - 1);
      setText(
        facts,
        factsOf(app, o, () => now === o && setText(facts, factsOf(app, o))),
      );
    },
  };
}

function made(kind: string, does: () => void): HTMLButtonElement {
  const button = el('button', { type: 'button', className: `icon ${kind}` });
  button.addEventListener('click', does);
  return button;
}

function label(node: HTMLElement, text: string): void {
  if (node.title === text) return;
  node.title = text;
  node.setAttribute('aria-label', text);
}

function press(button: HTMLButtonElement, text: string, pressed: boolean | null, picture?: IconName): void {
  label(button, text);
  if (pressed !== null) button.setAttribute('aria-pressed', String(pressed));
  if (!picture || button.dataset.icon === picture) return;
  button.dataset.icon = picture;
  button.replaceChildren(icon(picture));
}

/** Prompts and strokes go to this object from now on, or to a new one. */
function pick({ control, store }: App, o: LabelObject | null): void {
  if (!o || o.locked) return;
  const active = shownCase(store.get())?.timeline.now.active === o.id;
  control.edit({ type: 'activate', object: active ? null : o.id });
}

/** Slices of all planes go through the object, and the whole of them is shown. */
function jump({ control, store }: App, o: LabelObject | null): void {
  const open = shownCase(store.get());
  const cross = open && o && spotOf(open.info, o.masks);
  if (cross) control.setLook({ cross, views: {} });
}

/** Size, and the values in it as soon as the engine has counted them. */
function factsOf(app: App, o: LabelObject, later: () => void = () => {}): string {
  const open = shownCase(app.store.get());
  if (!open) return '';
  if (!o.masks.size) return 'no mask yet';
  const { info, look } = open;
  const found = statisticsFor(app, info.id, o.masks, later);
  const size = sizeText(info, o.masks, look.plane, sliceOf(info, look));
  return found ? `${size} · ${valuesText(found, info.modality === 'ct' ? ' HU' : '')}` : size;
}

const hex = (c: Colour): string => `#${c.map((v) => v.toString(16).padStart(2, '0')).join('')}`;
const rgb = (text: string): Colour =>
  [1, 3, 5].map((i) => Number.parseInt(text.slice(i, i + 2), 16)) as unknown as Colour;
