/** Above the views: tools with their options, undo and redo, zoom and layout, and whose mask is proposed. */
import { type App, follow } from './app';
import { isPrompt } from './document/document';
import { byId, el, setEnabled, setShown } from './dom';
import { type IconName, icon } from './icons';
import { hasAdapter, promptOf, shownCase } from './state';
import { TOOLS, toolOf } from './tool';
import { VIEWS, viewsIn } from './view';

const button = (id: string) => byId(id, HTMLButtonElement);

/** Wires the toolbar. */
export function makeToolbar(app: App): void {
  const { control, store } = app;
  makeTools(app);
  makeLayouts(app);
  const pictures: readonly IconName[] = ['undo', 'redo', 'clear', 'fit'];
  for (const name of pictures) button(name === 'fit' ? 'zoom-fit' : name).append(icon(name));
  listenToArrows(byId('toolbar', HTMLElement));
  const click = (id: string, action: () => void) => button(id).addEventListener('click', action);
  click('undo', control.undo);
  click('redo', control.redo);
  click('clear', control.clearPoints);
  click('zoom-in', () => app.zoom(1.4));
  click('zoom-out', () => app.zoom(1 / 1.4));
  click('zoom-fit', app.showAll);
  click('zoom-one', app.actualSize);
  click('which-base', () => control.look('base'));
  click('which-adapted', () => control.look('adapted'));
  follow({ store }, (s) => {
    const timeline = shownCase(s)?.timeline;
    const [last, next] = [timeline?.past.at(-1), timeline?.future[0]];
    setEnabled(button('undo'), last !== undefined);
    setEnabled(button('redo'), next !== undefined);
    button('undo').title = last ? `Undo: ${last.words} (Ctrl Z)` : 'Undo (Ctrl Z)';
    button('redo').title = next ? `Redo: ${next.words} (Ctrl Shift Z)` : 'Redo (Ctrl Shift Z)';
    setEnabled(button('clear'), isPrompt(promptOf(s)));
    // Before a run there is nothing to compare.
    setShown(byId('which', HTMLElement), hasAdapter(s));
    press(button('which-base'), s.which === 'base');
    press(button('which-adapted'), s.which === 'adapted');
  });
}

function press(node: HTMLElement, pressed: boolean): void {
  node.setAttribute('aria-pressed', String(pressed));
}

function makeTools(app: App): void {
  const host = byId('tools', HTMLElement);
  const buttons = TOOLS.map((t) => {
    const made = el('button', { id: `tool-${t.id}`, type: 'button', title: `${t.about} (${t.key})` }, t.label);
    made.addEventListener('click', () => app.control.setTool(t.id));
    return made;
  });
  host.append(...buttons);
  // One tool needs no choice.
  setShown(host, TOOLS.length > 1);
  const options = byId('tool-options', HTMLElement);
  const made = new Map(TOOLS.map((t) => [t.id, t.options?.(app)]));
  options.append(...[...made.values()].filter((node) => node !== undefined));
  follow(app, (s) => {
    const now = toolOf(s.tool).id;
    for (const [i, b] of buttons.entries()) press(b, TOOLS[i].id === now);
    for (const [id, node] of made) if (node) setShown(node, id === now);
  });
}

/** All views of a volume, or one. */
function makeLayouts(app: App): void {
  const select = byId('layout', HTMLSelectElement);
  const all = [['all', 'All views'], ...VIEWS.map((v) => [v.id, v.label])] as const;
  select.append(...all.map(([value, word]) => el('option', { value }, word)));
  select.addEventListener('change', () => app.control.setLayout(select.value));
  follow(app, (s) => {
    const info = shownCase(s)?.info;
    const seen = info ? viewsIn(s.layout, info) : [];
    setShown(byId('layouts', HTMLElement), info !== undefined && viewsIn('all', info).length > 1);
    select.value = seen.length === 1 ? seen[0].id : 'all';
  });
}

/** Left and right go through the toolbar as people expect of one, beside Tab; sliders and lists keep theirs. */
function listenToArrows(bar: HTMLElement): void {
  bar.addEventListener('keydown', (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!step || !(e.target instanceof HTMLButtonElement)) return;
    const all = [...bar.querySelectorAll('button')].filter((b) => !b.disabled && b.offsetParent !== null);
    all[(all.indexOf(e.target) + step + all.length) % all.length]?.focus();
    e.preventDefault();
  });
}
