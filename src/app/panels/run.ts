/** Starts and steers a run: the buttons, how far it is. */
import { type App, follow } from '../app';
import { el, setEnabled, setShown, setText } from '../dom';
import { showSeconds } from '../format';
import type { Panel } from '../panel';
import { type AppState, controlsNow } from '../state';
import { costText } from './runCost';

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
  const bar = el('progress', { id: 'run-bar', attrs: { 'aria-label': 'Training' } });
  const adapt = button('adapt', 'Adapt', 'Train the adapter', 'primary', () => void control.adapt());
  const pause = button('pause', 'Pause', 'Pause (P)', 'primary', control.pause);
  const resume = button('resume', 'Resume', 'Go on (P)', 'primary', () => void control.resume());
  const step = button('step', 'Step', 'One step, then pause', 'plain', () => void control.step());
  const stop = button('stop', 'Stop', 'End here and measure', 'plain', () => void control.stop());
  const reset = button('reset', 'Reset', 'Put this run aside and begin anew', 'plain', control.reset);
  host.append(state, warning, bar, el('div', { className: 'row' }, adapt, pause, resume, step, stop, reset));
  follow(app, (s) => {
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

/** What a person should know while it runs. */
export function warningText({ run }: AppState): string {
  if (!run?.unsaved) return '';
  return `This run is not kept: ${run.unsaved} It goes on, but is gone with this page; save it as a zip.`;
}

const lastStep = (s: AppState) =>
  s.curve.reduce((last, c) => (c.loss === undefined ? last : Math.max(last, c.step)), s.run?.step ?? 0);

/** Where the run stands, in words. */
export function stateText(s: AppState): string {
  const { run } = s;
  // What it will take stands beside the button that starts it.
  if (!run) return s.running ? 'Starting…' : costText(s);
  if (run.imported) return `${run.name}: an adapter from a file`;
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
