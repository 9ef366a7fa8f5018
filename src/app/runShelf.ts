/** The runs that are kept: listed, used, renamed, deleted, saved and brought back. */
import type { Checkpoint } from '../data/experiment/runFiles';
import { goneNotice } from './notices';
import type { EngineClient } from './rpc';
import type { RunInfo } from './runProtocol';
import { type AppState, withoutAdapted } from './state';
import type { Store } from './store';
import { tracked } from './work';

/** Actions on kept runs. None of them throws. */
export interface Shelf {
  listRuns(): Promise<void>;
  /** Shows a run and puts its adapter on the device, on its own base: the chosen one, else the one that `appliedOf` tells. */
  useRun(id: string, adapter?: Checkpoint): Promise<void>;
  renameRun(id: string, name: string): Promise<void>;
  removeRun(id: string): Promise<void>;
  importAdapter(files: readonly File[]): Promise<void>;
  /** The best or last adapter, or all files, of a run to download; null where there is none. */
  saveRun(id: string, what: Checkpoint | 'run'): Promise<{ readonly name: string; readonly blob: Blob } | null>;
  /** Works with another base from now on: of this build by name, or a checkpoint of one's own. */
  useBase(which: string | File): Promise<void>;
}

/** Actions on `store` through `client`; what goes wrong is given to `report`. */
export function makeShelf(
  store: Store<AppState>,
  client: EngineClient,
  report: (error: unknown, during?: string) => void,
): Shelf {
  /** Gives null and reports where `work` fails. */
  const tried = async <T>(during: string, work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      report(error, during);
      return null;
    }
  };
  const listRuns = async () => {
    const runs = await tried('while listing the runs', () => client.call('runs', {}));
    if (!runs || JSON.stringify(runs) === JSON.stringify(store.get().runs)) return;
    store.set({ runs });
    const { run, running } = store.get();
    if (!run || running) return;
    const now = runs.find((r) => r.id === run.id);
    // One that was given up before its first step leaves nothing to tell of.
    const gone = run.step ? { notice: goneNotice(run.name) } : {};
    if (!now) store.set({ run: null, curve: [], which: 'base', ...gone });
    else if (now.step !== run.step) await useRun(run.id);
    else if (run.phase !== 'lost') store.set({ run: now });
  };
  const useBase = async (which: string | File) => {
    if (which === store.get().info?.base.name) return;
    await tried(`while loading ${typeof which === 'string' ? which : which.name}`, async () => {
      const info = await tracked(store, (onProgress) => client.call('useBase', { base: which }, { onProgress }));
      store.set({ info, embedded: new Set(), predictions: new Map(), which: 'base', run: null, curve: [] });
    });
  };
  const replaced = (run: RunInfo) => {
    const { runs, run: now } = store.get();
    store.set({ runs: runs.map((r) => (r.id === run.id ? run : r)), ...(now?.id === run.id ? { run } : {}) });
  };
  const useRun: Shelf['useRun'] = async (id, adapter) => {
    const known = store.get().runs.find((r) => r.id === id);
    if (known) await useBase(known.base.name);
    if (known && store.get().info?.base.name !== known.base.name) return;
    await tried('while opening the run', async () => {
      const { run, curve } = await client.call('useRun', { run: id, adapter: adapter ?? null });
      replaced(run);
      store.set({ run, curve, ...withoutAdapted(store.get()) });
    });
  };
  return {
    listRuns,
    useBase,
    useRun,
    async renameRun(id, name) {
      const run = await tried('while renaming', () => client.call('renameRun', { run: id, name }));
      if (run) replaced(run);
    },
    async removeRun(id) {
      await tried('while deleting the run', async () => {
        await client.call('removeRun', { run: id });
        if (store.get().run?.id === id) store.set({ run: null, curve: [], which: 'base' });
        await listRuns();
      });
    },
    async importAdapter(files) {
      await tried(`while opening ${files[0]?.name ?? 'the adapter'}`, async () => {
        const run = await client.call('importAdapter', { files });
        await listRuns();
        const { curve } = await client.call('useRun', { run: run.id, adapter: null });
        store.set({ run, curve, ...withoutAdapted(store.get()), which: 'adapted' });
      });
    },
    saveRun: (id, what) =>
      tried('while saving the run', () =>
        what === 'run'
          ? client.call('exportRun', { run: id })
          : client.call('exportAdapter', { run: id, adapter: what }),
      ),
  };
}
