/** What a run would train and take, before it is started, and what would lower that. */
import { type App, follow } from '../app';
import { el, setShown, setText } from '../dom';
import { showBytes, showCount, showPercent, showSeconds } from '../format';
import type { Panel } from '../panel';
import type { Estimate, LeverInfo } from '../runProtocol';
import { type AppState, hasData } from '../state';

/** The panel. */
export const panel: Panel = { id: 'run-cost', place: 'adapt', title: '', order: 19, mount };

function mount(host: HTMLElement, app: App): void {
  const plan = el('p', { id: 'plan', className: 'quiet' });
  const cost = el('p', { id: 'cost', className: 'quiet' });
  const levers = el('div', { id: 'levers', className: 'levers' });
  const warning = el('p', { id: 'cost-warning', className: 'warning', attrs: { role: 'status' } });
  host.append(plan, cost, levers, warning);
  follow(app, (s, before) => {
    setText(plan, planText(s));
    setText(cost, costText(s));
    // Without a run it stands beside the button.
    setShown(cost, s.estimate !== null && (s.run !== null || s.running));
    setText(warning, beforeText(s));
    setShown(warning, beforeText(s) !== '');
    if (s.estimate === before?.estimate && s.running === before?.running) return;
    const some = s.running ? [] : (s.estimate?.levers ?? []).slice(0, 3);
    levers.replaceChildren(...some.map((l) => leverButton(app, l)));
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

/** What a person should know before it starts. */
export function beforeText(s: AppState): string {
  if (s.running) return '';
  const disk = diskText(s.estimate);
  if (disk || hasData(s)) return disk;
  return s.config.experiment.data.source === 'folder' ? 'Choose a folder first.' : 'Label something first.';
}

function diskText(estimate: Estimate | null): string {
  const disk = estimate?.disk;
  if (!disk || disk.needed <= disk.free) return '';
  return `The run keeps ${showBytes(disk.needed)} on disk, where ${showBytes(disk.free)} are free: delete runs first, or it is gone with this page.`;
}
