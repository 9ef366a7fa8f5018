/** Opening, showing and closing cases, and how the shown one is looked at. */
import type { Plane } from '../data/volumeReorient';
import type { Report } from './controller';
import type { CaseInfo } from './document/caseInfo';
import { lockAgainst } from './document/locks';
import { type CaseLook, firstLook, withSlice } from './document/look';
import { apply, startTimeline } from './document/timeline';
import type { Addition } from './importFiles';
import { filesNotice, lockedNotice } from './notices';
import type { FilesOpened, SampleId } from './protocol';
import type { EngineClient } from './rpc';
import { type AppState, shownCase, withCase } from './state';
import type { Store } from './store';
import { tracked } from './work';

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
    openFiles: (files) => open(files[0]?.name ?? 'the files', (signal) => loadFiles(store, client, files, signal)),
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

/** Opens files, puts masks and sessions onto their cases, and says what is not plain. The cases that came, to be shown. */
async function loadFiles(
  store: Store<AppState>,
  client: EngineClient,
  files: readonly File[],
  given: AbortSignal,
): Promise<readonly CaseInfo[]> {
  const { cases, shown } = store.get();
  const args = { files, open: [...cases.keys()], shown };
  const all = await tracked(store, (onProgress, signal) => client.call('files', args, { signal, onProgress }), given);
  if (given.aborted) return [];
  const found = withoutLocked(store.get(), all);
  store.set(withOpened(store.get(), found.cases));
  for (const added of found.additions) store.set(withAdded(store.get(), added));
  if (!found.cases.length && found.additions.length) store.set({ shown: found.additions[0].case });
  const notice = filesNotice(found, (id) => store.get().cases.get(id)?.info.name ?? id);
  if (notice) store.set({ notice });
  return found.cases;
}

/** Sessions that would change a locked object are refused. */
function withoutLocked({ cases }: AppState, found: FilesOpened): FilesOpened {
  const against = ({ case: id, doc }: Addition) => {
    const now = cases.get(id)?.timeline.now;
    return (now && doc && lockAgainst(now, { type: 'restore', doc })) || null;
  };
  const refused = found.additions.flatMap((a) => {
    const locked = against(a);
    return locked ? [{ name: a.name, message: `${a.name}: ${lockedNotice(locked.name).title} — unlock it first` }] : [];
  });
  return {
    ...found,
    refused: [...found.refused, ...refused],
    additions: found.additions.filter((a) => against(a) === null),
  };
}

/** The state with a mask's objects, or a session, put onto its case: one step of its history. */
function withAdded(s: AppState, added: Addition): Partial<AppState> {
  const open = s.cases.get(added.case);
  if (!open) return {};
  const { objects, doc, look } = added;
  let { timeline } = open;
  if (objects) timeline = apply(timeline, { type: 'addObjects', objects });
  if (doc) timeline = apply(timeline, { type: 'restore', doc });
  return withCase(s, added.case, { timeline, look: { ...open.look, ...look } });
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
