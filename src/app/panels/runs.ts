/** All runs that are kept: their lineage, use, rename, delete, save, compare; adapters from files. */
import { adaptersText } from '../adapterWords';
import { type App, follow } from '../app';
import { makeCompareDialog } from '../compareDialog';
import { download, el, setEnabled, setShown } from '../dom';
import { showScore } from '../format';
import type { Panel } from '../panel';
import { adapterText, hasOtherBest } from '../runAdapters';
import type { RunInfo } from '../runProtocol';
import { type Branch, classRows, lineage } from '../runScores';
import { watchTabs } from '../runTabs';

/** The panel. */
export const panel: Panel = { id: 'runs', place: 'adapt', title: 'Runs', order: 50, mount };

/** Milliseconds in which a second click deletes. */
const SURE = 4000;

function mount(host: HTMLElement, app: App): void {
  const chosen = new Set<string>();
  const list = el('ul', { id: 'runs', className: 'run-list', attrs: { 'aria-label': 'Runs' } });
  const empty = el('p', { className: 'quiet' }, 'Runs are kept in this browser and can be taken up tomorrow.');
  watchTabs(app);
  const dialog = makeCompareDialog();
  const compare = el('button', { id: 'compare-runs', type: 'button', className: 'plain' }, 'Compare');
  compare.title = 'Runs whose boxes are ticked, side by side';
  compare.addEventListener('click', () => dialog(app.store.get().runs.filter((r) => chosen.has(r.id))));
  const input = el('input', { id: 'adapter-file', type: 'file', multiple: true, hidden: true });
  input.setAttribute('aria-label', 'Adapter files');
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    input.value = '';
    if (files.length) void app.control.importAdapter(files);
  });
  const open = el('button', { type: 'button', className: 'plain' }, 'Open an adapter');
  open.title = 'A zip, safetensors or .pth file that holds adapters of this base';
  open.addEventListener('click', () => input.click());
  host.append(list, empty, el('div', { className: 'row' }, compare, open, input));
  const update = () => setEnabled(compare, app.store.get().runs.filter((r) => chosen.has(r.id)).length > 1);
  follow(app, (s, before) => {
    setEnabled(open, !s.running && s.engine === 'ready');
    if (s.runs === before?.runs && s.run?.id === before?.run?.id && s.running === before?.running) return;
    setShown(empty, s.runs.length === 0);
    const branches = lineage(s.runs);
    list.replaceChildren(...branches.map((b) => row(app, b, s.run?.id === b.run.id, { chosen, update })));
    update();
  });
}

/** Which rows are ticked, and what to do when that changes. */
interface Ticks {
  readonly chosen: Set<string>;
  readonly update: () => void;
}

function row(app: App, { run, depth }: Branch, active: boolean, { chosen, update }: Ticks): HTMLElement {
  const { control } = app;
  const { running } = app.store.get();
  const tick = el('input', { type: 'checkbox', checked: chosen.has(run.id) });
  tick.setAttribute('aria-label', `Compare ${run.name}`);
  tick.addEventListener('change', () => {
    chosen[tick.checked ? 'add' : 'delete'](run.id);
    update();
  });
  const free = !run.elsewhere;
  const name = el('input', { type: 'text', value: run.name, maxLength: 80, readOnly: !free });
  name.setAttribute('aria-label', `Name of ${run.name}`);
  name.addEventListener('change', () => void control.renameRun(run.id, name.value.trim() || run.name));
  const button = (word: string, title: string, does: () => void, enabled: boolean) => {
    const made = el('button', { type: 'button', className: 'plain small', title }, word);
    made.setAttribute('aria-label', `${word} ${run.name}`);
    made.addEventListener('click', does);
    setEnabled(made, enabled);
    return made;
  };
  const save = async (what: 'best' | 'run') => {
    const file = await control.saveRun(run.id, what);
    if (file) download(file.name, file.blob);
  };
  const remove = button(
    'Delete',
    free ? 'Delete this run from this browser' : 'Another tab trains it',
    () => {},
    free && !(running && active),
  );
  remove.addEventListener('click', () => sure(remove, () => void control.removeRun(run.id)));
  const item = el(
    'li',
    { className: active ? 'run-item active' : 'run-item' },
    el('div', { className: 'run-head' }, tick, name),
    el('p', { className: 'quiet' }, aboutText(run, app.store.get().runs)),
    el(
      'div',
      { className: 'row' },
      button(
        'Use',
        'Show this run and ask its adapter for masks',
        () => void control.useRun(run.id),
        !running && !active,
      ),
      button('Adapter', adapterTitle(run), () => void save('best'), run.step > 0),
      button('Zip', 'Save everything of the run as a zip', () => void save('run'), !running || !active),
      remove,
    ),
  );
  item.style.setProperty('--depth', String(Math.min(depth, 4)));
  return item;
}

/** Asks by the button's own words; a second click within a few seconds does it. */
function sure(button: HTMLButtonElement, does: () => void): void {
  if (button.dataset.sure) {
    does();
    return;
  }
  const { textContent } = button;
  button.dataset.sure = 'yes';
  button.textContent = 'Really?';
  setTimeout(() => {
    delete button.dataset.sure;
    button.textContent = textContent;
  }, SURE);
}

/** Which adapter the button saves. */
const adapterTitle = (run: RunInfo) =>
  run.step && !run.imported ? `Save the adapter as a zip (${adapterText(run, 'best')})` : 'Save the adapter as a zip';

/** Adapter, start, state and Dice of a run. */
export function aboutText(run: RunInfo, runs: readonly RunInfo[]): string {
  const { phase, config, step, imported, base } = run;
  const { from } = config;
  const start = from === null ? base.name : (runs.find((r) => r.id === from)?.name ?? 'a run that was deleted');
  const { steps } = config.experiment.train;
  const now = run.elsewhere ? 'trained in another tab, ' : phase === 'done' ? '' : `${phase} `;
  const state = imported ? 'from a file' : phase === 'done' ? `${step} steps` : `${now}at ${step} of ${steps}`;
  const rows = classRows(run.objects);
  const mean = (when: 'before' | 'after') => {
    const values = rows.flatMap((r) => r[when] ?? []);
    return values.length ? values.reduce((sum, v) => sum + v, 0) / values.length : null;
  };
  const [before, after] = [mean('before'), mean('after')];
  const dice = before === null ? '' : ` · Dice ${showScore(before)}${after === null ? '' : ` › ${showScore(after)}`}`;
  const top = hasOtherBest(run) ? ` · best ${showScore(run.best?.dice ?? null)} at ${run.best?.step}` : '';
  const unsaved = run.unsaved ? ' · not on disk' : '';
  return `${start} › ${adaptersText(config)} · ${state}${dice}${top}${unsaved}`;
}
