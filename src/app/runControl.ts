/** Adapting from the page's side: what it would take, starting, pausing, taking up, the runs that are kept. */
import { changedRun, parseRun, type RunInput } from './configs';
import type { Progress } from './protocol';
import { type CallOptions, type EngineClient, EngineError } from './rpc';
import type { FolderFiles, RunInfo, RunSource } from './runProtocol';
import { makeShelf, type Shelf } from './runShelf';
import { type AppState, controlsNow, hasAdapter, labelledCases, onVolumes, withoutAdapted } from './state';
import type { Store } from './store';
import { makePace } from './work';

/** Actions of a run, and of those that are kept. */
export interface RunControl extends Shelf {
  /** Counts what the present configuration would train, and estimates what that takes. */
  recount(): void;
  /** Changes the configuration of the next run; what is wrong with it becomes a notice. */
  setRun(change: RunInput): void;
  /** A folder to train on, its own name before every path. */
  useFolder(name: string, files: FolderFiles): Promise<void>;
  /** Begins a run; with `only` it pauses after so many steps. */
  adapt(only?: number | null): Promise<void>;
  pause(): void;
  resume(only?: number | null): Promise<void>;
  /** One step: of the run that is paused, else the first of a new one. */
  step(): Promise<void>;
  /** Ends the run where it stands and measures it. */
  stop(): Promise<void>;
  /** Puts the run aside: the next one begins anew. */
  reset(): void;
}

type Report = (error: unknown, during?: string) => void;

/** Milliseconds without a change of the options before memory and time are estimated. */
const REST = 250;

/** Run actions on `store` through `client`; what goes wrong is given to `report`. */
export function makeRunControl(store: Store<AppState>, client: EngineClient, report: Report): RunControl {
  const halt = (how: 'pause' | 'stop') => client.call('halt', { how }).catch(report);
  const recount = makeCount(store, client, report);
  const shelf = makeShelf(store, client, report);
  const go = async (call: (options: CallOptions) => Promise<RunInfo>) => {
    store.set({ running: true, notice: null, stopWork: () => void halt('stop') });
    try {
      const run = await call({ onProgress: follow(store) });
      store.set({ run, ...(run.phase === 'paused' ? {} : { which: 'adapted' as const }) });
    } catch (error) {
      const { run } = store.get();
      const gone = error instanceof EngineError && error.kind === 'lost';
      if (run && gone) store.set({ run: { ...run, phase: 'lost' } });
      report(error, 'while training');
    } finally {
      store.set({ running: false, work: null, stopWork: null });
      if (!hasAdapter(store.get())) store.set({ which: 'base' });
      await shelf.listRuns();
      recount();
    }
  };
  const control: RunControl = {
    ...shelf,
    recount,
    setRun(change) {
      const wanted = changedRun(store.get().config, change);
      try {
        store.set({ config: parseRun(wanted) });
        recount();
      } catch (error) {
        store.set({ plan: null, estimate: null });
        report(error, 'in the options');
      }
    },
    async useFolder(name, files) {
      try {
        store.set({ folder: { name, files, volumes: await client.call('holdsVolumes', { files }) } });
        recount();
      } catch (error) {
        report(error, `while opening ${name}`);
      }
    },
    async adapt(only = null) {
      const s = store.get();
      if (!controlsNow(s).start) return;
      store.set({ run: null, curve: [], which: 'base', ...withoutAdapted(s) });
      await go((options) => client.call('adapt', { config: s.config, source: sourceOf(s), only }, options));
    },
    pause: () => void halt('pause'),
    async resume(only = null) {
      const { run } = store.get();
      if (run) await go((options) => client.call('resume', { run: run.id, finish: false, only }, options));
    },
    async step() {
      const can = controlsNow(store.get());
      if (can.resume) await control.resume(1);
      else if (can.start) await control.adapt(1);
    },
    async stop() {
      const { running, run } = store.get();
      if (running) await halt('stop');
      else if (run) await go((options) => client.call('resume', { run: run.id, finish: true, only: null }, options));
    },
    async removeRun(id) {
      // A new run cannot begin with what is gone.
      if (store.get().config.from === id) control.setRun({ from: null });
      await shelf.removeRun(id);
    },
    reset: () => store.set({ run: null, curve: [], which: 'base', ...withoutAdapted(store.get()) }),
  };
  return control;
}

/** Counts parameters at once, and estimates memory and time when the options rest. */
function makeCount(store: Store<AppState>, client: EngineClient, report: Report): () => void {
  let counting = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let abort = new AbortController();
  const estimate = async () => {
    const { signal } = abort;
    const s = store.get();
    try {
      const found = await client.call('estimate', { config: s.config, volumes: onVolumes(s) }, { signal });
      if (!signal.aborted) store.set({ estimate: found });
    } catch (error) {
      if (!signal.aborted) report(error, 'while estimating memory and time');
    }
  };
  return () => {
    const mine = ++counting;
    const { config } = store.get();
    clearTimeout(timer);
    abort.abort();
    abort = new AbortController();
    client.call('plan', { config }).then(
      (plan) => {
        if (mine !== counting) return;
        store.set({ plan });
        timer = setTimeout(() => void estimate(), REST);
      },
      (error) => {
        if (mine !== counting) return;
        store.set({ plan: null, estimate: null });
        report(error, 'in the options');
      },
    );
  };
}

/** What goes to the engine with a new run. */
function sourceOf(s: AppState): RunSource {
  const { source } = s.config.experiment.data;
  if (source === 'labels') return { kind: 'labels', cases: labelledCases(s), volumes: onVolumes(s) };
  if (source === 'folder' && s.folder) return { kind: 'folder', name: s.folder.name, files: s.folder.files };
  return { kind: 'made' };
}

/** Puts progress into the state: phases, the curves, time left. */
function follow(store: Store<AppState>): (p: Progress) => void {
  const pace = makePace();
  return (p) => {
    const { curve, run } = store.get();
    if (p.kind === 'run') store.set({ run: p.run, work: waiting(p.run) });
    else if (p.kind === 'work') store.set({ work: pace(p.what, p.done, p.total) });
    else if (p.kind === 'dice') store.set({ curve: [...curve, { step: p.step, dice: p.dice }] });
    else {
      // A run taken up from a checkpoint repeats the steps after it.
      const before = curve.filter((c) => c.loss === undefined || c.step < p.step);
      store.set({
        curve: [...before, { step: p.step, loss: p.loss }],
        work: run?.phase === 'training' ? pace('Training', p.step, p.steps) : store.get().work,
      });
    }
  };
}

const phases: Partial<Record<RunInfo['phase'], string>> = {
  preparing: 'Preparing',
  measuring: 'Measuring the start',
  'measuring again': 'Measuring the adapter',
};

function waiting(run: RunInfo) {
  const total = run.config.experiment.train.steps;
  if (run.phase === 'training') return { what: 'Training', done: run.step, total, left: null };
  const what = phases[run.phase];
  return what ? { what, done: 0, total: 0, left: null } : null;
}
