/** Windows of grey cases: presets, level and width, and what the model sees. */
import { type App, follow } from '../app';
import type { Window } from '../document/caseInfo';
import { el, setShown, setText } from '../dom';
import type { Panel } from '../panel';
import { type OpenCase, shownCase } from '../state';
import { guessOf, levelOf, presetsFor, showValue, type WindowPreset, windowOfLevel } from '../windowPresets';

/** The panel. */
export const panel: Panel = { id: 'window', place: 'segment', title: 'Window', order: 12, mount };

function partsOf() {
  const guess = el('p', { className: 'quiet' });
  const chips = el('div', { className: 'chips', attrs: { role: 'group', 'aria-label': 'Window presets' } });
  const level = el('input', { type: 'number', step: 'any' });
  const width = el('input', { type: 'number', step: 'any', min: '0' });
  const units = el('input', { type: 'checkbox' });
  const unitsRow = el('label', { className: 'check' }, units, 'Values are Hounsfield units');
  const numbers = [el('label', {}, 'Level', level), el('label', {}, 'Width', width)];
  const fields = el('div', { className: 'volume-fields' }, ...numbers, unitsRow);
  const seen = el('p', { className: 'quiet' });
  const about = 'The model then sees the case as it is shown; slices are embedded anew';
  const give = el('button', { type: 'button', className: 'plain wide', title: about }, 'Let the model see this window');
  return { guess, chips, level, width, units, unitsRow, fields, seen, give };
}

type Parts = ReturnType<typeof partsOf>;

function mount(host: HTMLElement, app: App): void {
  const parts = partsOf();
  const { guess, chips, level, width, units, fields, seen, give } = parts;
  host.append(guess, chips, fields, seen, give);
  const change = (make: (open: OpenCase) => Parameters<App['control']['setLook']>[0] | null) => {
    const open = shownCase(app.store.get());
    const look = open && make(open);
    if (look) app.control.setLook(look);
  };
  const typed = () =>
    change(({ info }) =>
      Number.isFinite(level.valueAsNumber) && width.valueAsNumber > 0
        ? { window: windowOfLevel(level.valueAsNumber, width.valueAsNumber, info.range) }
        : null,
    );
  level.addEventListener('change', typed);
  width.addEventListener('change', typed);
  give.addEventListener('click', () => change(({ look }) => ({ modelWindow: look.window })));
  /** Cases whose values a person declared to be Hounsfield units. */
  const declared = new Set<string>();
  units.addEventListener('change', () => {
    const open = shownCase(app.store.get());
    if (!open) return;
    if (units.checked) declared.add(open.info.id);
    else declared.delete(open.info.id);
    fill(app, parts, open, declared);
  });
  follow(app, (s, before) => {
    const [open, was] = [shownCase(s), before && shownCase(before)];
    const grey = open?.info.channels === 1;
    setShown(host.parentElement ?? host, grey);
    if (!open || !grey || open === was) return;
    if (open.info !== was?.info) fill(app, parts, open, declared);
    update(parts, open);
  });
}

/** What depends on the case alone. */
function fill(
  app: App,
  { guess, units, unitsRow, chips }: Parts,
  { info }: OpenCase,
  declared: ReadonlySet<string>,
): void {
  setText(guess, guessOf(info));
  units.checked = declared.has(info.id);
  setShown(unitsRow, info.modality !== 'ct');
  const shown = presetsFor(info, info.modality === 'ct' || declared.has(info.id));
  chips.replaceChildren(...shown.map((p) => chip(app, p)));
}

/** What depends on the windows. */
function update({ level, width, seen, give, chips }: Parts, { look }: OpenCase): void {
  showNumbers(look.window, level, width);
  const same = look.modelWindow.every((v, i) => v === look.window[i]);
  const [low, high] = look.modelWindow.map((v) => showValue(v, levelOf(look.modelWindow).width));
  setText(seen, same ? 'The model sees the same window.' : `The model sees ${low} to ${high}.`);
  setShown(give, !same);
  for (const node of chips.children) node.setAttribute('aria-pressed', String(isPressed(node, look.window)));
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
