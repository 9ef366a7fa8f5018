/** Starts and steers a run: what would train, the buttons, how far it is. */
import { type App, follow } from '../app';
import { el, setEnabled, setShown, setText } from '../dom';
import { showCount, showPercent, showSeconds } from '../format';
import type { Panel } from '../panel';
import { type AppState, controlsNow } from '../state';

/** The panel. */
export const panel: Panel = { id: 'run', place: 'adapt', title: '', order: 20, mount };

function mount(host: HTMLElement, app: App): void {
  const { control } = app;
  const button = (id: string, word: string, title: string, kind: string, does: () => void) => {
    const made = el('button', { id, type: 'button', className: kind, title }, word);
    made.addEventListener('click', does);
    return made;
  };
  const plan = el('p', { id: 'plan', className: 'quiet' });
  const state = el('p', { id: 'run-state', className: 'run-state' });
  const bar = el('progress', { id: 'run-bar', attrs: { 'aria-label': 'Training' } });
  const adapt = button('adapt', 'Adapt', 'Train the adapter', 'primary', () => void control.adapt());
  const pause = button('pause', 'Pause', 'Pause (P)', 'primary', control.pause);
  const resume = button('resume', 'Resume', 'Go on (P)', 'primary', () => void control.resume());
  const stop = button('stop', 'Stop', 'End here and measure', 'plain', () => void control.stop());
  host.append(plan, state, bar, el('div', { className: 'row' }, adapt, pause, resume, stop));
  follow(app, (s) => {
    const can = controlsNow(s);
    setText(plan, planText(s));
    setText(state, stateText(s));
    setShown(adapt, !s.running && !can.resume);
    setEnabled(adapt, can.start);
    setText(adapt, s.run && s.run.phase !== 'lost' ? 'Adapt again' : 'Adapt');
    setShown(pause, s.running);
    setEnabled(pause, can.pause);
    setShown(resume, can.resume);
    setShown(stop, s.running || can.resume);
    setEnabled(stop, can.stop);
    setShown(bar, s.run !== null);
    // Before and after the steps it shows how far the preparing and measuring is.
    const other = s.running && s.run?.phase !== 'training' && s.work?.total ? s.work : null;
    bar.max = other?.total ?? s.run?.config.steps ?? 1;
    bar.value = other?.done ?? lastStep(s);
  });
}

/** What the present configuration would train. */
export function planText({ plan, engine }: AppState): string {
  if (!plan) return engine === 'failed' ? '' : 'Counting parameters…';
  return `Trains ${showCount(plan.trained)} parameters: ${showPercent(plan.percent)} of the base’s ${showCount(plan.base)}, which stay frozen.`;
}

const lastStep = (s: AppState) => s.curve[s.curve.length - 1]?.step ?? s.run?.step ?? 0;

/** Where the run stands, in words. */
export function stateText(s: AppState): string {
  const { run } = s;
  if (!run) return s.running ? 'Starting…' : '';
  const steps = `step ${lastStep(s)} of ${run.config.steps}`;
  const left = s.work?.what === 'Training' && s.work.left !== null ? ` · ${showSeconds(s.work.left)} left` : '';
  const took = run.seconds > 0 ? ` in ${showSeconds(run.seconds)}` : '';
  switch (run.phase) {
    case 'preparing':
      return 'Preparing images and shaders…';
    case 'measuring':
      return 'Measuring the base on held-out images…';
    case 'training':
      return `Training: ${steps}${left}`;
    case 'measuring again':
      return 'Measuring the adapted model…';
    case 'paused':
      return `Paused at ${steps}`;
    case 'lost':
      return `Interrupted; resumes from step ${run.step}`;
    case 'stopped':
      return `Stopped at ${steps}${took}`;
    default:
      return `Done: ${run.config.steps} steps${took}`;
  }
}
