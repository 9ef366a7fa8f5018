/** Windows of grey cases: presets, level and width, and what the model sees. */
import { type App, follow } from '../app';
import type { Window } from '../document/caseInfo';
import { el, setShown, setText } from '../dom';
import type { Panel } from '../panel';
import { type OpenCase, shownCase } from '../state';
import { guessOf, levelOf, presetsFor, showValue, type WindowPreset, windowOfLevel } from '../windowPresets';

/** The panel. */
export const panel: Panel = { id: 'window', place: 'segment', title: 'Window', order: 12, mount };

function mount(host: HTMLElement, app: App): void {
  const guess = el('p', { className: 'quiet' });
  const units = el('input', { type: 'checkbox' });
  const unitsRow = el('label', { className: 'check' }, units, 'Values are Hounsfield units');
  const chips = el('div', { className: 'chips', attrs: { role: 'group', 'aria-label': 'Window presets' } });
  const level = el('input', { type: 'number', step: 'any' });
  const width = el('input', { type: 'number', step: 'any', min: '0' });
  const fields = el(
    'div',
    { className: 'volume-fields' },
    el('label', {}, 'Level', level),
    el('label', {}, 'Width', width),
    unitsRow,
  );
  const seen = el('p', { className: 'quiet' });
  const give = el(
    'button',
    {
      type: 'button',
      className: 'plain wide',
      title: 'The model then sees the case as it is shown; slices are embedded anew',
    },
    'Let the model see this window',
  );
  host.append(guess, chips, fields, seen, give);
  const typed = () => {
    const open = shownCase(app.store.get());
    if (open && Number.isFinite(level.valueAsNumber) && width.valueAsNumber > 0)
      app.control.setLook({ window: windowOfLevel(level.valueAsNumber, width.valueAsNumber, open.info.range) });
  };
  level.addEventListener('change', typed);
  width.addEventListener('change', typed);
  give.addEventListener('click', () => {
    const open = shownCase(app.store.get());
    if (open) app.control.setLook({ modelWindow: open.look.window });
  });
  /** Cases whose values a person declared to be Hounsfield units. */
  const declared = new Set<string>();
  const fill = (open: OpenCase) => {
    const shown = presetsFor(open.info, open.info.modality === 'ct' || declared.has(open.info.id));
    chips.replaceChildren(...shown.map((p) => chip(app, p)));
  };
  units.addEventListener('change', () => {
    const open = shownCase(app.store.get());
    if (!open) return;
    if (units.checked) declared.add(open.info.id);
    else declared.delete(open.info.id);
    fill(open);
  });
  follow(app, (s, before) => {
    const open = shownCase(s);
    const grey = open?.info.channels === 1;
    setShown(host.parentElement ?? host, grey);
    if (!open || !grey || (before && open === shownCase(before))) return;
    const { info, look } = open;
    if (info !== (before && shownCase(before)?.info)) {
      setText(guess, guessOf(info));
      units.checked = declared.has(info.id);
      setShown(unitsRow, info.modality !== 'ct');
      fill(open);
    }
    showNumbers(look.window, level, width);
    const same = look.modelWindow.every((v, i) => v === look.window[i]);
    const [low, high] = look.modelWindow.map((v) => showValue(v, levelOf(look.modelWindow).width));
    setText(seen, same ? 'The model sees the same window.' : `The model sees ${low} to ${high}.`);
    setShown(give, !same);
    for (const node of chips.children) node.setAttribute('aria-pressed', String(isPressed(node, look.window)));
  });
}

function showNumbers(window: Window, level: HTMLInputElement, width: HTMLInputElement): void {
  const now = levelOf(window);
  for (const [node, v] of [
    [level, now.level],
    [width, now.width],
  ] as const) {
    // What is being typed stays.
    if (node !== document.activeElement) node.value = String(Number(v.toPrecision(5)));
  }
}

const isPressed = (node: Element, [low, high]: Window): boolean =>
  node instanceof HTMLElement && node.dataset.window === `${low},${high}`;

function chip({ client, store, control }: App, { id, label, about, window }: WindowPreset): HTMLElement {
  const button = el('button', { type: 'button', title: about, attrs: { 'aria-pressed': 'false' } }, label);
  button.dataset.preset = id;
  if (typeof window !== 'string') button.dataset.window = window.join();
  button.addEventListener('click', async () => {
    const info = shownCase(store.get())?.info;
    if (!info) return;
    if (window === 'range') return control.setLook({ window: info.range });
    if (typeof window !== 'string') return control.setLook({ window });
    try {
      const found = await client.call('window', { case: info.id, choice: window });
      button.dataset.window = found.join();
      if (shownCase(store.get())?.info.id === info.id) control.setLook({ window: found });
    } catch (error) {
      control.report(error, 'while finding a window');
    }
  });
  return button;
}
