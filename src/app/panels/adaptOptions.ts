/** What is trained, on what, how: controls from the run's schema and the adapter's own. */
import type { App } from '../app';
import { ADAPTERS, runSchema } from '../configs';
import { addOptions, makeGui } from '../optionGui';
import type { Panel } from '../panel';

/** Folders of the run's options; what is in none of them is not shown. */
const FOLDERS: readonly (readonly [title: string, keys: readonly string[]])[] = [
  ['Data', ['data', 'images', 'heldOut', 'prompt']],
  ['Training', ['steps', 'lr', 'batch', 'loss', 'seed']],
];

/** The panel. */
export const panel: Panel = { id: 'adapt-options', place: 'adapt', title: 'Adapt the model', order: 10, mount };

function mount(host: HTMLElement, { store, control }: App): void {
  const { config } = store.get();
  const gui = makeGui(host);
  const change = (key: string, values: Readonly<Record<string, unknown>>) => control.setRun({ [key]: values[key] });
  const adapter = gui.addFolder('Adapter');
  const choice = ADAPTERS[config.adapter];
  const widgets = [
    ...addOptions(adapter, runSchema, config, change, ['adapter']),
    ...addOptions(
      adapter,
      choice.kind.schema,
      config.options,
      (_, options) => control.setRun({ options: { ...options } }),
      choice.shown,
    ),
    ...FOLDERS.flatMap(([title, keys]) => addOptions(gui.addFolder(title), runSchema, config, change, keys)),
  ];
  store.watch((now, before) => {
    // A run goes on with the options it began with.
    if (now.running !== before.running) for (const w of widgets) w.enable(!now.running);
  });
}
