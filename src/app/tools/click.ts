/** Points: a click says that something belongs to the object, or does not. */
import type { App } from '../app';
import { follow } from '../app';
import { el } from '../dom';
import { promptOf } from '../state';
import type { Tool, ToolEvent } from '../tool';

/** CSS pixels within which a click is on a point. */
const NEAR = 12;

/** The tool. */
export const tool: Tool = {
  id: 'click',
  label: 'Click',
  key: 'V',
  about: 'Click what belongs to the object; right-click what does not',
  order: 10,
  gestures: [
    [['Click'], 'This belongs to the object'],
    [['Right click', 'Alt click'], 'This does not'],
    [['Shift click a point'], 'Remove it'],
  ],
  down(e, { store, control }) {
    if (e.shift) return removeNear(e, store.get(), control);
    const { pen } = store.get();
    control.addPoint({ x: e.x, y: e.y, label: e.other ? (pen === 1 ? 0 : 1) : pen });
  },
  hover: (e, { control, store }) => control.hover(e && store.get().pen === 1 ? e : null),
  options: penSwitch,
};

function removeNear(e: ToolEvent, s: Parameters<typeof promptOf>[0], control: App['control']): void {
  const at = e.toScreen(e.x, e.y);
  const distance = promptOf(s).points.map((p) => {
    const c = e.toScreen(p.x, p.y);
    return Math.hypot(c.x - at.x, c.y - at.y);
  });
  const nearest = distance.indexOf(Math.min(...distance));
  if (nearest >= 0 && distance[nearest] <= NEAR) control.removePoint(nearest);
}

/** What a plain click means. */
function penSwitch(app: App): HTMLElement {
  const make = (pen: 0 | 1, id: string, word: string, dot: string) => {
    const button = el(
      'button',
      { id, type: 'button', title: `Click: ${pen ? '' : 'not '}part of the object (T swaps)` },
      el('span', { className: `dot ${dot}`, attrs: { 'aria-hidden': 'true' } }),
      word,
    );
    button.addEventListener('click', () => app.store.get().pen !== pen && app.control.flipPen());
    return button;
  };
  const buttons = [make(1, 'pen-object', 'Object', 'plus'), make(0, 'pen-background', 'Background', 'minus')];
  follow(app, ({ pen }) => {
    for (const [i, b] of buttons.entries()) b.setAttribute('aria-pressed', String(pen === 1 - i));
  });
  return el('fieldset', { className: 'segments', attrs: { 'aria-label': 'What a click means (T)' } }, ...buttons);
}
