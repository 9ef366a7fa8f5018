/** Starts and steers a run: what would train and what it takes, the buttons, how far it is. */
import { type App, follow } from '../app';
import { el, setEnabled, setShown, setText } from '../dom';
import { showBytes, showCount, showPercent, showSeconds } from '../format';
import type { Panel } from '../panel';
import type { Estimate, LeverInfo } from '../runProtocol';
import { type AppState, controlsNow, hasData } from '../state';

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
  const cost = el('p', { id: 'cost', className: 'quiet' });
  const levers = el('div', { id: 'levers', className: 'levers' });
  const state = el('p', { id: 'run-state', className: 'run-state' });
  const warning = el('p', { id: 'run-warning', className: 'warning', attrs: { role: 'status' } });
  const bar = el('progress', { id: 'run-bar', attrs: { 'aria-label': 'Training' } });
  const adapt = button('adapt', 'Adapt', 'Train the adapter', 'primary', () => void control.adapt());
  const pause = button('pause', 'Pause', 'Pause (P)', 'primary', control.pause);
  const resume = button('resume', 'Resume', 'Go on (P)', 'primary', () => void control.resume());
  const step = button('step', 'Step', 'One step, then pause', 'plain', () => void control.step());
  const stop = button('stop', 'Stop', 'End here and measure', 'plain', () => void control.stop());
  const reset = button('reset', 'Reset', 'Put this run aside and begin anew', 'plain', control.reset);
  host.append(plan, cost, levers, state, warning, bar);
  host.append(el('div', { className: 'row' }, adapt, pause, resume, step, stop, reset));
  follow(app, (s, before) => {
    const can = controlsNow(s);
    setText(plan, planText(s));
    setText(cost, costText(s));
    setShown(cost, s.estimate !== null);
    if (s.estimate !== before?.estimate || s.running !== before?.running) {
      const some = s.running ? [] : (s.estimate?.levers ?? []).slice(0, 3);
      levers.replaceChildren(...some.map((l) => leverButton(app, l)));
    }
    setText(state, stateText(s));
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

/** What the present configuration would train. */
export function planText({ plan, engine }: AppState): string {
  if (!plan) return engine === 'failed' ? '' : 'Counting parameters…';
  if (!plan.trained) return 'Nothing would train: add an adapter.';
  return `Trains ${showCount(plan.trained)} parameters: ${showPercent(plan.percent)} of the base’s ${showCount(plan.base)}.`;
}

/** Memory and time that a run would take. */
export function costText({ estimate, config }: AppState): string {
  if (!estimate) return '';
  const { bytes, msPerStep, measured } = estimate;
  const { steps } = config.experiment.train;
  const time = `about ${showSeconds((msPerStep * steps) / 1000)} for ${steps} steps`;
  return `${showBytes(bytes)} on the GPU, ${time}${measured ? '' : ' (a guess until a step was timed here)'}.`;
}

/** A setting that would lower the memory, one click away. */
function leverButton({ control }: App, { setting, bytes, saves }: LeverInfo): HTMLElement {
  const text = `${leverText(setting)}: ${showBytes(bytes)}`;
  const title = `Saves ${showBytes(saves)}: ${leverAbout(setting)}`;
  const made = el('button', { type: 'button', className: 'plain small', title }, text);
  made.addEventListener('click', () => control.setRun({ experiment: { train: { ...setting } as never } }));
  return made;
}

/** What a lever does. */
function leverAbout({ remat, precision, batch }: LeverInfo['setting']): string {
  const parts = [
    remat === 'blocks' ? 'blocks of the encoder are computed a second time instead of being kept' : '',
    precision ? 'what is kept is stored in 16 bits' : '',
    batch ? 'a step is computed in smaller batches, with the same result' : '',
  ];
  return parts.filter(Boolean).join('; ');
}

/** A lever in a few words. */
export function leverText({ remat, precision, batch, accumulate }: LeverInfo['setting']): string {
  const parts = [
    remat === 'blocks' ? 'blocks twice' : '',
    precision ? '16 bits' : '',
    batch ? `batch ${batch} × ${accumulate}` : '',
  ].filter(Boolean);
  const text = parts.join(' + ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a person should know before or while it runs. */
export function warningText(s: AppState): string {
  const unsaved = s.run?.unsaved;
  if (unsaved) return `This run is not kept: ${unsaved} It goes on, but is gone with this page; save it as a zip.`;
  if (s.running) return '';
  const disk = diskText(s.estimate);
  if (disk) return disk;
  if (!hasData(s))
    return s.config.experiment.data.source === 'folder' ? 'Choose a folder first.' : 'Label something first.';
  return '';
}

function diskText(estimate: Estimate | null): string {
  const disk = estimate?.disk;
  if (!disk || disk.needed <= disk.free) return '';
  return `The run keeps ${showBytes(disk.needed)} on disk, where ${showBytes(disk.free)} are free: delete runs first, or it is gone with this page.`;
}

const lastStep = (s: AppState) =>
  s.curve.reduce((last, c) => (c.loss === undefined ? last : Math.max(last, c.step)), s.run?.step ?? 0);

/** Where the run stands, in words. */
export function stateText(s: AppState): string {
  const { run } = s;
  if (!run) return s.running ? 'Starting…' : '';
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
