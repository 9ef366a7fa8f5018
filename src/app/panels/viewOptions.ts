/** How slices are shown: opacity, outlines, number of candidate masks. */
import { type App, follow } from '../app';
import { viewSchema } from '../configs';
import { addOptions, makeGui } from '../optionGui';
import type { Panel } from '../panel';

/** The panel. */
export const panel: Panel = { id: 'view-options', place: 'segment', title: 'View', order: 30, mount };

function mount(host: HTMLElement, app: App): void {
  const { store, control } = app;
  addOptions(makeGui(host), viewSchema, store.get().view, (key, values) => control.setView({ [key]: values[key] }));
  follow(app, ({ view }) => {
    document.documentElement.dataset.theme = view.theme;
  });
}
