/** What is trained and how: base, start, adapters with the options of their own schemas, and the training's. */
import type GUI from 'lil-gui';
import type { Controller as Widget } from 'lil-gui';
import { adapterKind } from '../../adapters/all';
import type { Json } from '../../train/experiment/overrides';
import { aboutArm, arm } from '../../train/experiment/presets';
import { TRAIN_DEFAULTS, trainSchema } from '../../train/trainConfig';
import { ADAPTER_CHOICES, ARMS, adapterWords, armOf } from '../adapterWords';
import { type App, follow } from '../app';
import { dataOptions, volumeOptions } from '../configs';
import { el } from '../dom';
import { HINTS } from '../hints';
import { addOptions, makeGui } from '../optionGui';
import type { Panel } from '../panel';
import { adapterText, hasOtherBest } from '../runAdapters';
import type { RunInfo } from '../runProtocol';
import { type AppState, onVolumes } from '../state';
import { choiceOf } from './trainOn';

/** Options of the training that the panel shows, by folder. */
const TRAINING = ['steps', 'batch', 'lr', 'loss'];
const MORE = ['schedule', 'optimiser', 'weightDecay', 'rounds', 'accumulate', 'remat', 'precision'];

/** The panel. */
export const panel: Panel = { id: 'adapt-options', place: 'adapt', title: 'Adapt', order: 10, mount };

function mount(host: HTMLElement, app: App): void {
  const selects = el('div', { className: 'fields' });
  const box = el('div', {});
  host.append(selects, box);
  choices(app, selects);
  let gui: GUI | null = null;
  let widgets: Widget[] = [];
  /** The configuration that the widgets show: theirs, unless something else changed it. */
  let mine: unknown = null;
  let form = '';
  const folded = new Set(['More']);
  const change = (experiment: Json) => {
    app.control.setRun({ experiment });
    mine = app.store.get().config;
  };
  const build = (s: AppState) => {
    for (const f of gui?.folders ?? []) folded[f._closed ? 'add' : 'delete'](f._title);
    gui?.destroy();
    gui = makeGui(box);
    widgets = fill(gui, s, change);
    for (const f of gui.folders) if (folded.has(f._title)) f.close();
  };
  follow(app, (s, before) => {
    const now = JSON.stringify([
      s.config.experiment.adapters.map((a) => a.name),
      s.config.experiment.data.source,
      onVolumes(s),
      s.config.from,
    ]);
    if (s.config !== mine && (s.config !== before?.config || !gui)) form = '';
    mine = s.config;
    if (form !== now) build(s);
    form = now;
    // A run goes on with the options it began with.
    for (const w of widgets) w.enable(!s.running);
  });
}

/** The choice that asks for a file. */
const OWN_BASE = 'file';

/** Base, start and preset: what decides which options there are. */
function choices(app: App, host: HTMLElement): void {
  const { control, client, store } = app;
  const base = choiceOf('base', 'Base', []);
  const from = choiceOf('start-from', 'Start from', [], true);
  const preset = choiceOf('preset', 'Preset', [['', 'own'], ...ARMS], true);
  host.append(base.row, from.row, preset.row);
  let names: readonly string[] = [];
  const listBases = () => {
    const now = store.get().info?.base.name;
    const own = now !== undefined && !names.includes(now) ? [now] : [];
    const options = [...names, ...own].map((n) => el('option', { value: n }, n));
    base.select.replaceChildren(...options, el('option', { value: OWN_BASE }, 'a checkpoint…'));
    base.select.value = now ?? '';
  };
  void client.call('bases', {}).then((found) => {
    names = found;
    listBases();
  }, control.report);
  const use = (which: string | File) => void control.useBase(which).then(control.recount).then(listBases);
  const file = el('input', { type: 'file', hidden: true, attrs: { 'aria-label': 'Checkpoint of a base' } });
  file.addEventListener('change', () => file.files?.[0] && use(file.files[0]));
  host.append(file);
  base.select.addEventListener('change', () => {
    if (base.select.value !== OWN_BASE) return use(base.select.value);
    listBases();
    file.value = '';
    file.click();
  });
  from.select.addEventListener('change', () => {
    const run = store.get().runs.find((r) => r.id === from.select.value);
    if (!run) return control.setRun({ from: null });
    // It goes on with the adapter that is there.
    const { adapters, trainable } = run.config.experiment;
    control.setRun({ from: run.id, experiment: { adapters, trainable } as unknown as Json });
  });
  preset.select.addEventListener('change', () => {
    if (!preset.select.value) return;
    const { lr } = TRAIN_DEFAULTS;
    control.setRun({ from: null, experiment: { trainable: 'adapters', train: { lr } } });
    control.setRun({ experiment: arm(preset.select.value) });
  });
  follow(app, (s, before) => {
    if (s.info?.base.name !== before?.info?.base.name) listBases();
    if (s.runs !== before?.runs || s.config !== before?.config || s.info !== before?.info) {
      const name = s.info?.base.name;
      const able = s.runs.filter((r) => r.step > 0 && r.base.name === name);
      from.select.replaceChildren(
        el('option', { value: '' }, 'the base'),
        ...able.map((r) => el('option', { value: r.id }, startText(r))),
      );
      from.select.value = able.some((r) => r.id === s.config.from) ? (s.config.from ?? '') : '';
      const now = armOf(s.config) ?? '';
      preset.select.value = now;
      preset.row.title = `The arms of the papers’ comparisons${now && `: ${aboutArm(now)}`}`;
    }
    for (const { select } of [base, from, preset]) select.disabled = s.running;
    preset.select.disabled ||= s.config.from !== null;
  });
}

/** A run to start from: with its best adapter. */
const startText = (run: RunInfo) => (hasOtherBest(run) ? `${run.name} (${adapterText(run, 'best')})` : run.name);

/** Fills the panel and gives its widgets. */
function fill(gui: GUI, s: AppState, change: (experiment: Json) => void): Widget[] {
  const { experiment, from } = s.config;
  const adapters = experiment.adapters as unknown as Record<string, Json>[];
  const set = (list: readonly Json[]) => change({ adapters: list });
  const widgets: Widget[] = [];
  if (from === null) {
    adapters.forEach((a, i) => {
      const folder = gui.addFolder(adapterWords(String(a.name)));
      const kind = adapterKind(String(a.name));
      widgets.push(
        ...addOptions(folder, kind.schema, a, (_, values) =>
          set(adapters.map((b, j) => (j === i ? { ...b, ...pick(values, a) } : b))),
        ),
      );
      const remove = { remove: () => set(adapters.filter((_, j) => j !== i)) };
      if (adapters.length > 1) widgets.push(folder.add(remove, 'remove').name('Remove this adapter'));
    });
    widgets.push(addAdapter(gui, adapters, set));
  }
  const training = gui.addFolder('Training');
  widgets.push(promptWidget(training, String(experiment.prompt), change));
  const train = (key: string, values: Readonly<Record<string, unknown>>) =>
    change({ train: { [key]: values[key] as Json } });
  widgets.push(...addOptions(training, trainSchema, experiment.train, train, TRAINING));
  widgets.push(
    training
      .add({ seed: experiment.seed }, 'seed')
      .min(0)
      .step(1)
      .name('Seed')
      .onChange((seed: number) => change({ seed })),
  );
  const more = gui.addFolder('More');
  widgets.push(...dataWidgets(more, s, change));
  widgets.push(...addOptions(more, trainSchema, experiment.train, train, MORE));
  return widgets;
}

/** Those of `values` that are options of `adapter`, as they are in it where a control cannot show them. */
const pick = (values: Readonly<Record<string, unknown>>, adapter: Record<string, Json>) =>
  Object.fromEntries(Object.entries(values).filter(([key]) => key in adapter)) as Record<string, Json>;

function addAdapter(gui: GUI, adapters: readonly Json[], set: (list: readonly Json[]) => void): Widget {
  const has = (name: string) => adapters.some((a) => (a as { name: string }).name === name);
  const free = ADAPTER_CHOICES.filter(([name]) => !has(name)).map(([name, words]) => [words, name]);
  const widget = gui.add({ kind: '' }, 'kind', Object.fromEntries([['choose…', ''], ...free]));
  return widget.name('Add an adapter').onChange((name: string) => name && set([...adapters, { name }]));
}

function promptWidget(folder: GUI, prompt: string, change: (experiment: Json) => void): Widget {
  const { name, choices: named = {}, about } = HINTS.prompt;
  const own = Object.values(named).includes(prompt) ? named : { ...named, [prompt]: prompt };
  const widget = folder.add({ prompt }, 'prompt', own).name(name);
  widget.domElement.title = about;
  return widget.onChange((value: string) => change({ prompt: value }));
}

/** How many cases, which part is held out, slices a slab. */
function dataWidgets(folder: GUI, s: AppState, change: (experiment: Json) => void): Widget[] {
  const { data } = s.config.experiment;
  const widgets = addOptions(folder, dataOptions, data, (key, values) =>
    change({ data: { [key]: values[key] as Json } }),
  );
  const made = data.source.startsWith('phantom');
  if (!made) {
    const { fraction } = data.split;
    const widget = folder.add({ fraction }, 'fraction', 0.1, 0.9, 0.05).name(HINTS.fraction.name);
    widget.domElement.title = HINTS.fraction.about;
    widgets.push(widget.onChange((value: number) => change({ data: { split: { by: 'fraction', fraction: value } } })));
  }
  if (!onVolumes(s)) return widgets;
  const slab = (key: string, values: Readonly<Record<string, unknown>>) =>
    change({ data: { volume: { [key]: values[key] as Json } } });
  return [...widgets, ...addOptions(folder, volumeOptions, data.volume, slab)];
}
