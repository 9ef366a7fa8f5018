/** The panel: lil-gui controls made from the configurations' schemas. Writes through the controller, never the state. */
import GUI, { type Controller as Widget } from 'lil-gui';
import { ADAPTERS, runSchema, viewSchema } from './configs';
import type { Controller } from './controller';
import { type Control, controlsOf } from './controls';
import { byId } from './dom';
import { HINTS } from './hints';
import type { AppState } from './state';
import type { Store } from './store';

/** Values by option, as lil-gui wants them: one object that its widgets write into. */
type Values = Record<string, string | number | boolean>;

/** Folders of the run's options; what is in none of them is not shown. */
const FOLDERS: readonly (readonly [title: string, keys: readonly string[]])[] = [
  ['Data', ['data', 'images', 'heldOut', 'prompt']],
  ['Training', ['steps', 'lr', 'batch', 'loss', 'seed']],
];

/** Builds the panel in `#panel`. */
export function makePanel(store: Store<AppState>, control: Controller): void {
  const gui = new GUI({
    container: byId('panel', HTMLElement),
    autoPlace: false,
    injectStyles: false,
    title: 'Options',
    width: undefined,
  });
  gui.domElement.classList.add('panel');
  const { config, view } = store.get();
  const widgets: Widget[] = [];
  const run: Values = valuesOf(controlsOf(runSchema), config);
  const runWidgets = (folder: GUI, keys: readonly string[]) => {
    for (const c of controlsOf(runSchema).filter((x) => keys.includes(x.key))) {
      widgets.push(addWidget(folder, run, c, (value) => control.setRun({ [c.key]: value })));
    }
  };
  const adapterFolder = gui.addFolder('Adapter');
  runWidgets(adapterFolder, ['adapter']);
  const choice = ADAPTERS[config.adapter];
  const own = controlsOf(choice.kind.schema).filter((c) => choice.shown.includes(c.key));
  const options: Values = valuesOf(own, config.options);
  for (const c of own) {
    widgets.push(addWidget(adapterFolder, options, c, () => control.setRun({ options: { ...options } })));
  }
  for (const [title, keys] of FOLDERS) runWidgets(gui.addFolder(title), keys);
  const shown = controlsOf(viewSchema);
  const looks: Values = valuesOf(shown, view);
  const viewFolder = gui.addFolder('View');
  for (const c of shown) addWidget(viewFolder, looks, c, (value) => control.setView({ [c.key]: value }));
  store.watch((now, before) => {
    // A run goes on with the options it began with.
    if (now.running !== before.running) for (const w of widgets) w.enable(!now.running);
  });
}

function valuesOf(controls: readonly Control[], from: Readonly<Record<string, unknown>>): Values {
  return Object.fromEntries(
    controls.map((c) => [c.key, (from[c.key] as string | number | boolean | undefined) ?? c.value]),
  );
}

function addWidget(folder: GUI, values: Values, c: Control, onChange: (value: unknown) => void): Widget {
  const hint = HINTS[c.key];
  const widget = make(folder, values, c);
  widget.name(hint?.name ?? c.key).onChange(onChange);
  if (hint) widget.domElement.title = hint.about;
  return widget;
}

function make(folder: GUI, values: Values, c: Control): Widget {
  const hint = HINTS[c.key];
  if (c.kind === 'flag') return folder.add(values, c.key);
  if (hint?.choices) return folder.add(values, c.key, allowed(hint.choices, c));
  if (c.kind === 'choice') return folder.add(values, c.key, [...c.choices]);
  const [min, max, step] = hint?.range ?? [c.min, c.max, c.whole ? 1 : undefined];
  // A slider over millions of values is none.
  const slides = hint?.range !== undefined || (max !== undefined && min !== undefined && max - min <= 1000);
  return slides
    ? folder.add(values, c.key, min, max, step)
    : folder
        .add(values, c.key)
        .min(min ?? 0)
        .step(step ?? 1);
}

/** Named choices, less those that the schema does not know (any more), plus those that have no name yet. */
function allowed(named: Readonly<Record<string, string | number>>, c: Control): Record<string, string | number> {
  if (c.kind !== 'choice') return { ...named };
  const known = Object.entries(named).filter(([, value]) => c.choices.includes(String(value)));
  const rest = c.choices.filter((value) => !known.some(([, v]) => v === value)).map((value) => [value, value] as const);
  return Object.fromEntries([...known, ...rest]);
}
