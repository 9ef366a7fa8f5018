/** Adapting from the page's side: counting, starting, pausing, taking up, stopping, and the curve meanwhile. */
import type { Progress, RunInfo } from './protocol';
import { type CallOptions, type EngineClient, EngineError } from './rpc';
import { type AppState, controlsNow, hasAdapter, withoutAdapted } from './state';
import type { Store } from './store';
import { makePace } from './work';

/** Actions of a run. */
export interface RunControl {
  /** Counts the parameters that the present configuration would train. */
  recount(): void;
  adapt(): Promise<void>;
  pause(): void;
  resume(): Promise<void>;
  /** Ends the run where it stands and measures it. */
  stop(): Promise<void>;
  /** The adapter as a file to download; null when there is none. */
  exportAdapter(): Promise<{ name: string; blob: Blob } | null>;
}

/** Run actions on `store` through `client`; what goes wrong is given to `report`. */
export function makeRunControl(
  store: Store<AppState>,
  client: EngineClient,
  report: (error: unknown, during?: string) => void,
): RunControl {
  let counting = 0;
  const halt = (how: 'pause' | 'stop') => client.call('halt', { how }).catch(report);
  const go = async (call: (options: CallOptions) => Promise<RunInfo>) => {
    store.set({ running: true, notice: null, stopWork: () => void halt('stop') });
    try {
      const run = await call({ onProgress: follow(store) });
      store.set({ run, ...(run.phase === 'paused' ? {} : { which: 'adapted' as const }) });
    } catch (error) {
      const { run } = store.get();
      const gone = error instanceof EngineError && error.kind === 'lost';
      if (run) store.set({ run: { ...run, phase: gone || run.phase === 'lost' ? 'lost' : 'stopped' } });
      report(error, 'while training');
    } finally {
      store.set({ running: false, work: null, stopWork: null });
      if (!hasAdapter(store.get())) store.set({ which: 'base' });
    }
  };
  return {
    recount() {
      const mine = ++counting;
      client.call('plan', { config: store.get().config }).then(
        (plan) => mine === counting && store.set({ plan }),
        (error) => {
          if (mine !== counting) return;
          store.set({ plan: null });
          report(error, 'in the options');
        },
      );
    },
    async adapt() {
      const s = store.get();
      if (!controlsNow(s).start) return;
      store.set({ run: null, curve: [], which: 'base', ...withoutAdapted(s) });
      await go((options) => client.call('adapt', { config: s.config }, options));
    },
    pause: () => void halt('pause'),
    resume: () => go((options) => client.call('resume', { finish: false }, options)),
    async stop() {
      if (store.get().running) await halt('stop');
      else await go((options) => client.call('resume', { finish: true }, options));
    },
    async exportAdapter() {
      try {
        return await client.call('exportAdapter', {});
      } catch (error) {
        report(error, 'while writing the adapter');
        return null;
      }
    },
  };
}

/** Puts progress into the state: phases, the curve, time left. */
function follow(store: Store<AppState>): (p: Progress) => void {
  const pace = makePace();
  return (p) => {
    const s = store.get();
    if (p.kind === 'run') store.set({ run: p.run, work: waiting(p.run) });
    else if (p.kind === 'work') store.set({ work: pace(p.what, p.done, p.total) });
    else {
      const { step, loss } = p;
      // A run taken up from a checkpoint repeats the steps after it.
      const curve = [...s.curve.filter((c) => c.step < step), { step, loss }];
      store.set({ curve, work: pace('Training', step, p.steps) });
    }
  };
}

const phases: Partial<Record<RunInfo['phase'], string>> = {
  preparing: 'Preparing',
  measuring: 'Measuring the base',
  'measuring again': 'Measuring the adapter',
};

function waiting(run: RunInfo) {
  if (run.phase === 'training') return { what: 'Training', done: run.step, total: run.config.steps, left: null };
  const what = phases[run.phase];
  return what ? { what, done: 0, total: 0, left: null } : null;
}
