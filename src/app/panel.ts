/** Panels: one file each in `panels/`, found by glob. A tab on the right is there when a panel belongs to it. */
import type { App } from './app';
import { follow } from './app';
import { byId, el, setShown } from './dom';

/** Where panels go: the column on the left, or a tab on the right. */
export const PLACES = [
  ['left', ''],
  ['segment', 'Segment'],
  ['adapt', 'Adapt'],
  ['inside', 'Look inside'],
  ['out', 'Out'],
] as const;

/** A place for panels. */
export type PanelPlace = (typeof PLACES)[number][0];

/** A panel. */
export interface Panel {
  readonly id: string;
  readonly place: PanelPlace;
  /** Heading; '' for none. */
  readonly title: string;
  /** From top to bottom. */
  readonly order: number;
  /** Fills `host` once; updates by `follow(app, …)`. */
  readonly mount: (host: HTMLElement, app: App) => void;
}

const PANELS: readonly Panel[] = Object.values(
  import.meta.glob<{ readonly panel: Panel }>('./panels/*.ts', { eager: true }),
)
  .map((m) => m.panel)
  .sort((a, b) => a.order - b.order);

/** Puts all panels and the tabs in their places. */
export function mountPanels(app: App): void {
  for (const panel of PANELS.filter((p) => p.place === 'left')) byId('left', HTMLElement).append(boxOf(panel, app));
  const tabs = PLACES.filter(([place]) => place !== 'left' && PANELS.some((p) => p.place === place));
  const bar = byId('tabs', HTMLElement);
  const parts = tabs.map(([id, title]) => {
    const tab = el(
      'button',
      { id: `tab-${id}`, type: 'button', className: 'tab', attrs: { role: 'tab', 'aria-controls': `pages-${id}` } },
      title,
    );
    const page = el('div', {
      id: `pages-${id}`,
      className: 'tab-page',
      attrs: { role: 'tabpanel', 'aria-labelledby': `tab-${id}` },
    });
    page.append(...PANELS.filter((p) => p.place === id).map((p) => boxOf(p, app)));
    tab.addEventListener('click', () => app.store.set({ tab: id }));
    return { id, tab, page };
  });
  bar.append(...parts.map((p) => p.tab));
  bar.after(...parts.map((p) => p.page));
  bar.addEventListener('keydown', (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!step) return;
    const at = parts.findIndex((p) => p.id === app.store.get().tab);
    const next = parts[(at + step + parts.length) % parts.length];
    app.store.set({ tab: next.id });
    next.tab.focus();
  });
  follow(app, (s, before) => {
    if (s.tab === before?.tab) return;
    for (const { id, tab, page } of parts) {
      tab.setAttribute('aria-selected', String(id === s.tab));
      tab.tabIndex = id === s.tab ? 0 : -1;
      setShown(page, id === s.tab);
    }
  });
}

function boxOf(panel: Panel, app: App): HTMLElement {
  const heading = el('h2', { id: `panel-${panel.id}` }, panel.title);
  const host = el('div', { className: 'panel-body' });
  const attrs: Record<string, string> = panel.title ? { 'aria-labelledby': heading.id } : {};
  const box = el('section', { className: `panel-box ${panel.id}`, attrs }, ...(panel.title ? [heading] : []), host);
  panel.mount(host, app);
  return box;
}
