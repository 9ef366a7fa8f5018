/** Opening, showing and closing cases, and how the shown one is looked at. */
import type { Plane } from '../data/volumeReorient';
import type { Report } from './controller';
import type { CaseInfo } from './document/caseInfo';
import { type CaseLook, firstLook, withSlice } from './document/look';
import { startTimeline } from './document/timeline';
import { refusedNotice } from './notices';
import type { SampleId } from './protocol';
import type { EngineClient } from './rpc';
import { type AppState, shownCase, withCase } from './state';
import type { Store } from './store';

/** Actions on cases. */
export interface CaseControl {
  openSample(sample: SampleId): Promise<void>;
  /** Opens files by the importers and shows the first case; says in words which were refused. */
  openFiles(files: readonly File[]): Promise<void>;
  showCase(id: string): void;
  /** Closes a case with all that was made of it, and shows the one before. */
  closeCase(id: string): void;
  /** Changes how the shown case is looked at. */
  setLook(change: Partial<CaseLook>): void;
  /** Goes to a slice of a plane, which becomes the one that is worked in. */
  setSlice(plane: Plane, slice: number): void;
  /** `all`, or the id of the one view that is shown. */
  setLayout(layout: string): void;
}

/** Case actions on `store` through `client`. */
export function makeCaseControl(store: Store<AppState>, client: EngineClient, report: Report): CaseControl {
  // The newest wins: opening something else gives the earlier call up.
  let abort = new AbortController();
  const open = async (name: string, load: (signal: AbortSignal) => Promise<readonly CaseInfo[]>) => {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    const blocked = store.get().notice?.blocking;
    store.set({ opening: true, ...(blocked ? {} : { notice: null }) });
    try {
      const found = await load(signal);
      if (!signal.aborted) store.set(withOpened(store.get(), found));
    } catch (error) {
      report(error, `while opening ${name}`);
    } finally {
      if (!signal.aborted) store.set({ opening: false });
    }
  };
  const change = (make: (info: CaseInfo, look: CaseLook) => CaseLook) => {
    const open = shownCase(store.get());
    if (open) store.set(withCase(store.get(), open.info.id, { look: make(open.info, open.look) }));
  };
  return {
    openSample: (sample) =>
      open(`the ${sample.modality} sample`, async (signal) => [await client.call('sample', { sample }, { signal })]),
    openFiles: (files) =>
      open(files[0]?.name ?? 'the files', async (signal) => {
        const { cases, refused } = await client.call('files', { files }, { signal });
        if (refused.length && !signal.aborted) store.set({ notice: refusedNotice(refused) });
        return cases;
      }),
    showCase: (id) => store.get().cases.has(id) && store.set({ shown: id }),
    closeCase(id) {
      const s = store.get();
      const cases = new Map(s.cases);
      if (!cases.delete(id)) return;
      const last = [...cases.keys()].at(-1) ?? null;
      const mine = JSON.stringify(id);
      store.set({
        ...{ cases, shown: s.shown === id ? last : s.shown },
        embedded: new Set([...s.embedded].filter((key) => !key.startsWith(`[${mine},`))),
        predictions: new Map([...s.predictions].filter(([key]) => !key.startsWith(`[${mine},`))),
      });
      client.call('close', { case: id }).catch(report);
    },
    setLook: (part) => change((_, look) => ({ ...look, ...part })),
    setSlice: (plane, slice) => change((info, look) => withSlice(info, look, plane, slice)),
    setLayout: (layout) => store.set({ layout }),
  };
}

/** The state with cases opened (those that are open already stay as they are), the first of them shown. */
function withOpened(s: AppState, found: readonly CaseInfo[]): Partial<AppState> {
  if (!found.length) return {};
  const cases = new Map(s.cases);
  for (const info of found) {
    if (!cases.has(info.id)) cases.set(info.id, { info, timeline: startTimeline(), look: firstLook(info) });
  }
  return { cases, shown: found[0].id };
}
