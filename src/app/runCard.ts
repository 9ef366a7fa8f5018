/** The card that starts and steers a run: what would train, the buttons, how far it is. */
import type { Controller } from './controller';
import { byId, download, setEnabled, setShown, setText } from './dom';
import { showCount, showPercent, showSeconds } from './format';
import { type AppState, controlsNow } from './state';
import type { Store } from './store';

/** Wires `#run`. */
export function makeRunCard(store: Store<AppState>, control: Controller): void {
  const b = (id: string) => byId(id, HTMLButtonElement);
  b('adapt').addEventListener('click', () => void control.adapt());
  b('pause').addEventListener('click', control.pause);
  b('resume').addEventListener('click', () => void control.resume());
  b('stop').addEventListener('click', () => void control.stop());
  b('download').addEventListener('click', async () => {
    const file = await control.exportAdapter();
    if (file) download(file.name, file.blob);
  });
  const update = (s: AppState) => {
    const can = controlsNow(s);
    setText(byId('plan', HTMLElement), planText(s));
    setText(byId('run-state', HTMLElement), stateText(s));
    setShown(b('adapt'), !s.running && !can.resume);
    setEnabled(b('adapt'), can.start);
    setText(b('adapt'), s.run && s.run.phase !== 'lost' ? 'Adapt again' : 'Adapt');
    setShown(b('pause'), s.running);
    setEnabled(b('pause'), can.pause);
    setShown(b('resume'), can.resume);
    setShown(b('stop'), s.running || can.resume);
    setEnabled(b('stop'), can.stop);
    setShown(b('download'), can.download);
    const bar = byId('run-bar', HTMLProgressElement);
    setShown(bar, s.run !== null);
    // Before and after the steps it shows how far the preparing and measuring is.
    const other = s.running && s.run?.phase !== 'training' && s.work?.total ? s.work : null;
    bar.max = other?.total ?? s.run?.config.steps ?? 1;
    bar.value = other?.done ?? lastStep(s);
  };
  store.watch(update);
  update(store.get());
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
