/** What a person can do on the page, as functions on the state. Knows the engine's client, not the DOM. */

import { type CaseControl, makeCaseControl } from './caseControl';
import { parseView, type ViewConfig } from './configs';
import { type EditControl, makeEditControl } from './editControl';
import { watchEmbeddings } from './embeddings';
import { type EverythingControl, makeEverythingControl } from './everythingControl';
import { type HoverControl, makeHoverControl } from './hoverControl';
import { syncLabels } from './labelSync';
import { noticeOf, OPENING } from './notices';
import { watchPredictions } from './predictions';
import type { EngineEvent, EngineInfo, ErrorInfo, Which } from './protocol';
import { type EngineClient, EngineError } from './rpc';
import { makeRunControl, type RunControl } from './runControl';
import type { AppState } from './state';
import { hasAdapter } from './state';
import type { Store } from './store';
import { tracked } from './work';

/** The page's actions. None of them throws: what goes wrong becomes a notice. */
export interface Controller extends RunControl, CaseControl, EditControl, HoverControl, EverythingControl {
  /** Opens the engine, then the first sample. */
  start(): Promise<void>;
  flipPen(): void;
  /** Chooses the tool that the pointer works with. */
  setTool(id: string): void;
  look(which: Which): void;
  setView(change: Partial<ViewConfig>): void;
  restore(): Promise<void>;
  /** What the engine tells without being asked: its device is gone, something failed. */
  heard(event: EngineEvent): void;
  /** Says in words what went wrong; `during` as in "while opening scan.png". */
  report(error: unknown, during?: string): void;
  dismiss(): void;
}

/** Takes errors; `during` says what was being done. */
export type Report = (error: unknown, during?: string) => void;

/** An error as the protocol describes it. */
export function infoOfError(error: unknown): ErrorInfo {
  if (error instanceof EngineError) return { kind: error.kind, message: error.message };
  return { kind: 'other', message: error instanceof Error ? error.message : String(error) };
}

/** Actions on `store` through `client`. */
export function makeController(store: Store<AppState>, client: EngineClient): Controller {
  const report = (error: unknown, during = '') => {
    const info = infoOfError(error);
    if (info.kind === 'cancelled') return;
    if (info.kind === 'lost') return lose(store, info.message);
    const notice = noticeOf(info, during);
    // Without a GPU other things fail, too: the first reason is the one that helps.
    if (notice.blocking || !store.get().notice?.blocking) store.set({ notice });
  };
  watchEmbeddings(store, client, report);
  watchPredictions(store, client, (error) => report(error, 'while predicting'));
  syncLabels(store, client, report);
  const run = makeRunControl(store, client, report);
  const cases = makeCaseControl(store, client, report);
  return {
    ...{ ...run, ...cases, ...makeEditControl(store), report },
    ...makeHoverControl(store, client, report),
    ...makeEverythingControl(store, client, report),
    async start() {
      await openEngine(store, client, 'open', report);
      run.recount();
      // Without a GPU the sample's name and notice are still there.
      if (!store.get().cases.size && !store.get().opening) await cases.openSample({ modality: 'fundus', index: 0 });
      await takeUpRuns(store, run);
    },
    flipPen: () => store.set({ pen: store.get().pen === 1 ? 0 : 1 }),
    setTool: (tool) => store.set({ tool }),
    look: (which) => (which === 'base' || hasAdapter(store.get())) && store.set({ which }),
    setView: (change) => store.set({ view: parseView({ ...store.get().view, ...change }) }),
    restore: () => openEngine(store, client, 'restore', report),
    heard: (event) =>
      event.kind === 'lost'
        ? lose(store, event.message)
        : report(
            new EngineError(event.error),
            event.error.kind === 'storage' ? 'while keeping an embedding' : 'while drawing',
          ),
    dismiss: () => store.set({ notice: null }),
  };
}

/** Lists the runs of earlier visits, and shows the latest where it was not finished. */
async function takeUpRuns(store: Store<AppState>, run: RunControl): Promise<void> {
  if (store.get().engine !== 'ready') return;
  await run.listRuns();
  const { runs, info } = store.get();
  const [last] = runs;
  if (last?.phase === 'paused' && last.step > 0 && last.base.name === info?.base.name) await run.useRun(last.id);
}

function lose(store: Store<AppState>, message: string): void {
  const { run } = store.get();
  store.set({
    engine: 'lost',
    embedded: new Set(),
    // The proposals on the old device are gone; each is asked for again.
    predictions: new Map(),
    work: null,
    notice: noticeOf({ kind: 'lost', message }),
    run:
      run && ['training', 'measuring', 'measuring again', 'preparing'].includes(run.phase)
        ? { ...run, phase: 'lost' }
        : run,
  });
}

async function openEngine(
  store: Store<AppState>,
  client: EngineClient,
  how: 'open' | 'restore',
  report: Report,
): Promise<void> {
  store.set({ engine: 'starting', notice: null });
  try {
    const info: EngineInfo = await tracked(store, (onProgress) => client.call(how, {}, { onProgress }));
    store.set({ engine: 'ready', info });
  } catch (error) {
    store.set({ engine: 'failed' });
    report(error, OPENING);
  }
}
