/** Several tabs of one browser share the runs: each tells the others when something about them changed, and looks again when it was told. */
import type { App } from './app';
import type { AppState } from './state';

/** Milliseconds between two looks while another tab trains: it may have crashed without a word. */
const PACE = 3000;

/** Whether the others should look: a run began, ended, came to a checkpoint, was renamed, removed or added. */
export function isNews(now: AppState, before: AppState): boolean {
  if (now.runs !== before.runs || now.running !== before.running) return true;
  const stands = ({ run }: AppState) => run && [run.id, run.phase, run.step].join();
  return now.running && stands(now) !== stands(before);
}

/** Keeps the list as it is on disk, and asks before a page with a run that is only in memory is left. */
export function watchTabs({ store, control }: App): void {
  const channel = new BroadcastChannel('medsa-lab runs');
  const look = () => {
    const { engine, running } = store.get();
    if (engine === 'ready' && !running) void control.listRuns();
  };
  const seen = () => document.visibilityState === 'visible' && look();
  channel.addEventListener('message', look);
  addEventListener('visibilitychange', seen);
  addEventListener('focus', seen);
  setInterval(() => store.get().runs.some((r) => r.elsewhere) && seen(), PACE);
  store.watch((now, before) => isNews(now, before) && channel.postMessage('runs'));
  addEventListener('beforeunload', (e) => {
    if (store.get().runs.some((r) => r.unsaved) || store.get().run?.unsaved) e.preventDefault();
  });
}
