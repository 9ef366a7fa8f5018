/** What a person can do on the page, as functions on the state. Knows the engine's client, not the DOM. */

import { type Modality, parseRun, parseView, type RunConfig, type ViewConfig } from './configs';
import { record, redo, undo } from './history';
import { noticeOf } from './notices';
import { watchPredictions } from './predictions';
import type { EngineInfo, ErrorInfo, ImageInfo, PromptPoint, Which } from './protocol';
import { type EngineClient, EngineError } from './rpc';
import { makeRunControl, type RunControl } from './runControl';
import type { AppState } from './state';
import { hasAdapter, historyOf, promptOf, withHistory } from './state';
import type { Store } from './store';
import { tracked } from './work';

/** The page's actions. None of them throws: what goes wrong becomes a notice. */
export interface Controller extends RunControl {
  /** Opens the engine, then the first sample. */
  start(): Promise<void>;
  openSample(modality: Modality, index: number): Promise<void>;
  openFile(file: File): Promise<void>;
  addPoint(point: PromptPoint): void;
  removePoint(index: number): void;
  clearPoints(): void;
  undo(): void;
  redo(): void;
  flipPen(): void;
  look(which: Which): void;
  pick(candidate: number): void;
  setRun(change: Partial<RunConfig>): void;
  setView(change: Partial<ViewConfig>): void;
  restore(): Promise<void>;
  /** The engine told that its device is gone. */
  lost(message: string): void;
  dismiss(): void;
}

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
    store.set({ notice: noticeOf(info, during) });
  };
  watchPredictions(store, client, (error) => report(error, 'while predicting'));
  const run = makeRunControl(store, client, report);
  return {
    ...run,
    ...imageActions(store, client, report),
    ...promptActions(store),
    async start() {
      await openEngine(store, client, 'open', report);
      run.recount();
      // Without a GPU the sample is still there to look at.
      if (!store.get().image) await this.openSample('fundus', 0);
    },
    setRun(change) {
      const config = { ...store.get().config, ...change };
      try {
        store.set({ config: parseRun(config) });
        run.recount();
      } catch (error) {
        store.set({ config, plan: null });
        report(error, 'in the options');
      }
    },
    setView: (change) => store.set({ view: parseView({ ...store.get().view, ...change }), candidate: null }),
    async restore() {
      await openEngine(store, client, 'restore', report);
      if (store.get().engine === 'ready') await embedShown(store, client, report);
    },
    lost: (message) => lose(store, message),
    dismiss: () => store.set({ notice: null }),
  };
}

type Report = (error: unknown, during?: string) => void;

function lose(store: Store<AppState>, message: string): void {
  const { run } = store.get();
  store.set({
    engine: 'lost',
    embedded: new Set(),
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
    report(error, 'while opening the GPU');
  }
}

function imageActions(store: Store<AppState>, client: EngineClient, report: Report) {
  // The newest image wins: opening another one gives the earlier call up.
  let abort = new AbortController();
  const open = async (name: string, load: (signal: AbortSignal) => Promise<ImageInfo>) => {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    const blocked = store.get().notice?.blocking;
    store.set({ opening: true, ...(blocked ? {} : { notice: null }) });
    try {
      const { pixels, ...info } = await load(signal);
      const bitmap = await createImageBitmap(new ImageData(pixels, info.width, info.height));
      if (signal.aborted) return;
      store.set({ image: { ...info, bitmap }, candidate: null, opening: false });
      if (store.get().engine === 'ready') await embedShown(store, client, report);
    } catch (error) {
      report(error, `while opening ${name}`);
    } finally {
      if (!signal.aborted) store.set({ opening: false });
    }
  };
  return {
    openSample: (modality: Modality, index: number) =>
      open(`the ${modality} sample`, (signal) => client.call('sample', { modality, index }, { signal })),
    openFile: (file: File) => open(file.name, (signal) => client.call('file', { file }, { signal })),
  };
}

/** Embeds the image shown, with progress, unless that was done. */
async function embedShown(store: Store<AppState>, client: EngineClient, report: Report): Promise<void> {
  const image = store.get().image?.id;
  if (!image) return;
  try {
    await tracked(store, (onProgress) => {
      onProgress({ kind: 'work', what: 'Computing the embedding', done: 0, total: 0 });
      return client.call('embed', { image, which: 'base' }, { onProgress });
    });
    store.set({ embedded: new Set(store.get().embedded).add(image) });
  } catch (error) {
    report(error, 'while computing the embedding');
  }
}

function promptActions(store: Store<AppState>) {
  const change = (make: typeof undo | null, prompt?: readonly PromptPoint[]) => {
    const s = store.get();
    const history = historyOf(s);
    store.set(withHistory(s, make ? make(history) : record(history, prompt ?? [])));
  };
  return {
    addPoint: (point: PromptPoint) => change(null, [...promptOf(store.get()), point]),
    removePoint: (index: number) =>
      change(
        null,
        promptOf(store.get()).filter((_, i) => i !== index),
      ),
    clearPoints: () => promptOf(store.get()).length && change(null, []),
    undo: () => change(undo),
    redo: () => change(redo),
    flipPen: () => store.set({ pen: store.get().pen === 1 ? 0 : 1 }),
    look: (which: Which) => (which === 'base' || hasAdapter(store.get())) && store.set({ which, candidate: null }),
    pick: (candidate: number) => store.set({ candidate }),
  };
}
