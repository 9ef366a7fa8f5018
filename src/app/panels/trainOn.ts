/** What a run trains on: embedded images or volumes, the labels made here, or a folder. */
import type { Phantom3dModality } from '../../data/phantom3d';
import { USUAL_LEVEL } from '../../data/phantomLevel';
import { phantomClasses } from '../../data/phantomObjects';
import { phantomSource, phantomSourceText } from '../../data/phantomSource';
import { type PhantomModality, phantomModalities } from '../../data/phantoms';
import { type App, follow } from '../app';
import { SOURCES } from '../configs';
import { el, setShown, setText } from '../dom';
import type { Panel } from '../panel';
import { type AppState, labelledCases, onVolumes } from '../state';

/** The panel. */
export const panel: Panel = { id: 'train-on', place: 'adapt', title: 'Train on', order: 5, mount };

const words: Readonly<Record<(typeof SOURCES)[number], string>> = {
  phantoms: 'Embedded images',
  'phantom-3d': 'Embedded volumes',
  labels: 'My labels',
  folder: 'A folder of images and masks',
};

const kinds: Readonly<Record<PhantomModality, string>> = {
  fundus: 'Fundus: optic disc and cup',
  ultrasound: 'Ultrasound: nodule',
  dermoscopy: 'Dermoscopy: lesion',
  brain: 'Brain MRI slices: tumour',
  abdomen: 'Abdominal CT slices: organs',
};

/** Kinds of volumes; none named: those of published scores. */
const volumeKinds: Readonly<Record<'' | Phantom3dModality, string>> = {
  brain: 'Brain MRI: tumour',
  abdomen: 'Abdominal CT: organs',
  '': 'Abdomen, simple: CT and MRI',
  ct: 'Abdomen, simple: CT',
  mri: 'Abdomen, simple: MRI',
};

/** A labelled choice; `tall`: the list below its label, for long words. */
export function choiceOf(
  id: string,
  label: string,
  options: readonly (readonly [value: string, text: string])[],
  tall = false,
) {
  const select = el('select', { id }, ...options.map(([value, text]) => el('option', { value }, text)));
  const row = el('div', { className: tall ? 'field tall' : 'field' }, el('label', { htmlFor: id }, label), select);
  return { select, row };
}

function mount(host: HTMLElement, app: App): void {
  const { control } = app;
  const sources = SOURCES.map((s) => [s, words[s]] as const);
  const source = choiceOf('train-source', 'Images', sources, true);
  source.select.addEventListener('change', () => {
    const { value } = source.select;
    const classes = value === 'phantoms' ? phantomClasses('fundus') : [];
    control.setRun({ experiment: { data: { source: value, classes } } });
  });
  const all = [
    ...phantomModalities.map((m) => [m, kinds[m]] as const),
    ['all', 'Fundus, ultrasound, dermoscopy'] as const,
  ];
  const kind = choiceOf('train-kind', 'Kind', all, true);
  kind.select.addEventListener('change', () => {
    const { value } = kind.select;
    const classes = value === 'all' ? [] : phantomClasses(value as PhantomModality);
    control.setRun({ experiment: { data: { classes } } });
  });
  const volumes = choiceOf('train-volumes', 'Kind', Object.entries(volumeKinds), true);
  volumes.select.addEventListener('change', () => {
    const { value } = volumes.select;
    const level = phantomSource(app.store.get().config.experiment.data.source)?.level ?? USUAL_LEVEL;
    const modalities = value ? [value as Phantom3dModality] : [];
    const source = phantomSourceText({ set: 'phantom-3d', modalities, level });
    control.setRun({ experiment: { data: { source, classes: [] } } });
  });
  const level = levelSlider(app);
  const pick = folderPicker(app);
  const about = el('p', { id: 'train-about', className: 'quiet' });
  host.append(source.row, kind.row, volumes.row, level.row, pick, about);
  follow(app, (s) => {
    const { data } = s.config.experiment;
    const made = phantomSource(data.source);
    source.select.value = made?.set ?? data.source;
    kind.select.value = kindOf(data.classes);
    setShown(kind.row, made?.set === 'phantoms');
    setShown(volumes.row, made?.set === 'phantom-3d');
    volumes.select.value = made?.modalities.join('+') ?? '';
    setShown(level.row, made !== null);
    if (made) level.show(made.level);
    setShown(pick, data.source === 'folder');
    for (const input of [source.select, kind.select, volumes.select, level.input]) input.disabled = s.running;
    setText(about, aboutText(s));
  });
}

const kindOf = (classes: readonly string[]) =>
  phantomModalities.find((m) => phantomClasses(m).join() === classes.join()) ?? 'all';

/** How hard the embedded data are. */
function levelSlider({ control, store }: App) {
  const input = el('input', { id: 'train-level', type: 'range', min: '0', max: '1', step: '0.05' });
  const shown = el('output', {});
  input.addEventListener('input', () => setText(shown, levelText(input.valueAsNumber)));
  input.addEventListener('change', () => {
    const made = phantomSource(store.get().config.experiment.data.source);
    if (!made) return;
    const source = phantomSourceText({ ...made, level: input.valueAsNumber });
    control.setRun({ experiment: { data: { source } } });
  });
  input.title = 'Contrast, noise, irregular borders, look-alikes, objects cut by the border of the image';
  const row = el(
    'div',
    { className: 'field' },
    el('label', { htmlFor: 'train-level' }, 'Difficulty'),
    el('span', {}, input, shown),
  );
  const show = (level: number) => {
    input.value = String(level);
    setText(shown, levelText(level));
  };
  return { row, input, show };
}

const levelText = (level: number) => level.toFixed(2).replace(/0$/, '');

/** A button that asks for a folder. */
function folderPicker({ control }: App): HTMLElement {
  const input = el('input', {
    type: 'file',
    multiple: true,
    hidden: true,
    attrs: { 'aria-label': 'Folder to train on' },
  });
  input.webkitdirectory = true;
  const button = el('button', { type: 'button', className: 'plain wide' }, 'Choose a folder');
  button.addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    const files = Array.from(input.files ?? [], (blob) => ({ path: blob.webkitRelativePath || blob.name, blob }));
    input.value = '';
    if (files.length) void control.useFolder(files[0].path.split('/')[0], files);
  });
  return el('div', {}, button, input);
}

/** What the present choice comes to, in words. */
export function aboutText(s: AppState): string {
  const given = s.config.experiment.data.source;
  const source = phantomSource(given)?.set ?? given;
  if (source === 'phantoms') return 'Drawn by this page: 8 images of each kind to train on, 5 others to measure on.';
  if (source === 'phantom-3d') return 'Drawn by this page: 4 volumes of each kind to train on, 2 others to measure on.';
  if (source === 'folder') {
    if (s.folder)
      return `${s.folder.name}: ${s.folder.files.length} files, trained on as ${s.folder.volumes ? 'volumes' : 'images'}. They are copied into this browser’s storage.`;
    return 'With images/ and masks/ paired by name (labels/ for volumes), or an index.json.';
  }
  const cases = labelledCases(s);
  if (!cases.length)
    return 'Nothing is labelled yet: accept or draw masks on open images, or open mask files beside them.';
  const objects = cases.reduce((n, c) => n + c.objects.length, 0);
  const slices = new Set(cases.flatMap((c) => c.objects.flatMap((o) => o.masks.map(([z]) => `${c.case} ${z}`)))).size;
  const how = onVolumes(s) ? 'as whole volumes' : `on ${slices} ${slices === 1 ? 'image' : 'images and slices'}`;
  return `${objects} ${objects === 1 ? 'object' : 'objects'} of ${cases.length} ${cases.length === 1 ? 'case' : 'cases'}, ${how}.`;
}
