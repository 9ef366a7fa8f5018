/** Starts and steers a run: the buttons, how far it is. */
import { type App, follow } from '../app';
import { el, setEnabled, setShown, setText } from '../dom';
import { showSeconds } from '../format';
import type { Panel } from '../panel';
import { adapterText, appliedOf, BEST_ABOUT, hasOtherBest } from '../runAdapters';
import { type AppState, controlsNow, hasAdapter } from '../state';
import { costText } from './runCost';
import { choiceOf } from './trainOn';

/** The panel. */
export const panel: Panel = { id: 'run', place: 'adapt', title: '', order: 20, mount };

function mount(host: HTMLElement, app: App): void {
  const { control } = app;
  const button = (id: string, word: string, title: string, kind: string, does: () => void) => {
    const made = el('button', { id, type: 'button', className: kind, title }, word);
    made.addEventListener('click', does);
    return made;
  };
  const state = el('p', { id: 'run-state', className: 'run-state' });
  const warning = el('p', { id: 'run-warning', className: 'warning', attrs: { role: 'status' } });
  const applied = choiceOf('applied-adapter', 'Adapter in use', [], true);
  applied.row.title = BEST_ABOUT;
  applied.select.addEventListener('change', () => {
    const { run } = app.store.get();
    if (run) void control.useRun(run.id, applied.select.value === 'best' ? 'best' : 'last');
  });
  const bar = el('progress', { id: 'run-bar', attrs: { 'aria-label': 'Training' } });
  const adapt = button('adapt', 'Adapt', 'Train the adapter', 'primary', () => void control.adapt());
  const pause = button('pause', 'Pause', 'Pause (P)', 'primary', control.pause);
  const resume = button('resume', 'Resume', 'Go on (P)', 'primary', () => void control.resume());
  const step = button('step', 'Step', 'One step, then pause', 'plain', () => void control.step());
  const stop = button('stop', 'Stop', 'End here and measure', 'plain', () => void control.stop());
  const reset = button('reset', 'Reset', 'Put this run aside and begin anew', 'plain', control.reset);
  host.append(
    state,
    warning,
    bar,
    el('div', { className: 'row' }, adapt, pause, resume, step, stop, reset),
    applied.row,
  );
  follow(app, (s) => {
    showApplied(applied, s);
    const can = controlsNow(s);
    setText(state, stateText(s));
    state.classList.toggle('quiet', s.run === null);
    setText(warning, warningText(s));
    setShown(warning, warningText(s) !== '');
    setShown(adapt, !s.running && !can.resume);
    setEnabled(adapt, can.start);
    setText(adapt, s.run && s.run.phase !== 'lost' ? 'Adapt again' : 'Adapt');
    setShown(pause, s.running);
    setEnabled(pause, can.pause);
    setShown(resume, can.resume);
    setShown(step, !s.running);
    setEnabled(step, can.resume || can.start);
    setShown(stop, s.running || can.resume);
    setEnabled(stop, can.stop);
    setShown(reset, can.reset);
    setShown(bar, s.run !== null);
    // Before and after the steps it shows how far the preparing and measuring is.
    const other = s.running && s.run?.phase !== 'training' && s.work?.total ? s.work : null;
    bar.max = other?.total ?? s.run?.config.experiment.train.steps ?? 1;
    bar.value = other?.done ?? lastStep(s);
  });
}

/** Which adapter is asked for masks, where there are two. */
function showApplied({ row, select }: ReturnType<typeof choiceOf>, s: AppState): void {
  const { run } = s;
  const two = run !== null && hasAdapter(s) && !s.running && hasOtherBest(run);
  setShown(row, two);
  if (!two) return;
  const texts = (['best', 'last'] as const).map((which) => [which, adapterText(run, which)] as const);
  if (select.textContent !== texts.map(([, text]) => text).join(''))
    select.replaceChildren(...texts.map(([value, text]) => el('option', { value }, text)));
  select.value = appliedOf(run);
}

/** What a person should know while it runs. */
export function warningText({ run, running }: AppState): string {
  if (run?.elsewhere && !running)
    return 'Another tab trains it now, so it cannot be changed here. It can be looked at, used and saved as it was at its last checkpoint.';
  if (!run?.unsaved) return '';
  const then = running ? 'It goes on in memory' : 'It is in memory';
  return `Not on disk: ${run.unsaved} ${then} and is lost when this page is closed: save it under Out as Run (zip), or make room; it is kept then.`;
}

const lastStep = (s: AppState) =>
  s.curve.reduce((last, c) => (c.loss === undefined ? last : Math.max(last, c.step)), s.run?.step ?? 0);

/** Where the run stands, in words. */
export function stateText(s: AppState): string {
  const { run } = s;
  // What it will take stands beside the button that starts it.
  if (!run) return s.running ? 'Starting…' : costText(s);
  if (run.imported) return `${run.name}: an adapter from a file`;
  if (run.elsewhere && !s.running) return `${run.name} is being trained in another tab: step ${run.step} so far`;
  const total = run.config.experiment.train.steps;
  const steps = `step ${lastStep(s)} of ${total}`;
  const left = s.work?.what === 'Training' && s.work.left !== null ? ` · ${showSeconds(s.work.left)} left` : '';
  const took = run.seconds > 0 ? ` in ${showSeconds(run.seconds)}` : '';
  switch (run.phase) {
    case 'preparing':
      return 'Preparing images and shaders…';
    case 'measuring':
      return 'Measuring what it starts from…';
    case 'training':
      return `Training ${run.name}: ${steps}${left}`;
    case 'measuring again':
      return 'Measuring the adapted model…';
    case 'paused':
      return `${run.name} is paused at ${steps}`;
    case 'lost':
      return `Interrupted; resumes from step ${run.step}`;
    case 'stopped':
      return `${run.name} was stopped at ${steps}${took}`;
    default:
      return `${run.name} is done: ${total} steps${took}`;
  }
}
