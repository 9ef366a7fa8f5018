/** "Everything": SAM's automatic mask generator on the slice that is worked on; what it finds becomes objects, in one step. */
import type { Report } from './controller';
import { MAX_OBJECTS } from './document/document';
import type { NewObject } from './document/edits';
import { masksWith } from './document/planeMask';
import { planeOf } from './document/planes';
import { apply } from './document/timeline';
import { type EverythingState, parseEverything } from './everythingConfig';
import type { ModelPlace } from './protocol';
import type { EngineClient } from './rpc';
import type { FoundMask } from './segmentProtocol';
import { type AppState, type OpenCase, placeNow, withCase } from './state';
import type { Store } from './store';
import { tracked } from './work';

/** The generator. */
export interface EverythingControl {
  /** Finds masks and adds them as objects; does nothing while it is at it. */
  everything(): Promise<void>;
  /** Changes options; says so where one makes no sense. */
  setEverything(change: Readonly<Record<string, unknown>>): void;
}

/** The generator on `store` through `client`. */
export function makeEverythingControl(store: Store<AppState>, client: EngineClient, report: Report): EverythingControl {
  const set = (change: Partial<EverythingState>) => store.set({ everything: { ...store.get().everything, ...change } });
  return {
    async everything() {
      const s = store.get();
      const at = placeNow(s);
      if (!at || s.everything.busy || s.engine !== 'ready') return;
      set({ busy: true, found: null });
      try {
        set({ found: await find(store, client, at) });
      } catch (error) {
        report(error, 'while looking for everything');
      } finally {
        set({ busy: false });
      }
    },
    setEverything(change) {
      try {
        set({ options: parseEverything({ ...store.get().everything.options, ...change }) });
      } catch (error) {
        report(error, 'in the options');
      }
    },
  };
}

async function find(store: Store<AppState>, client: EngineClient, at: ModelPlace): Promise<EverythingState['found']> {
  const began = performance.now();
  const { which, everything } = store.get();
  const args = { at, which, options: everything.options };
  const found = await tracked(
    store,
    (onProgress, signal) => client.call('everything', args, { onProgress, signal }),
    // Given so that it can be stopped.
    new AbortController().signal,
  );
  const added = addFound(store, at, found);
  return { added, left: found.length - added, ms: performance.now() - began };
}

/** Adds masks to their case, whichever is shown by now; how many there was room for, the best scores first. */
function addFound(store: Store<AppState>, at: ModelPlace, found: readonly FoundMask[]): number {
  const open = store.get().cases.get(at.case);
  if (!open) return 0;
  const room = MAX_OBJECTS - open.timeline.now.objects.length;
  const best = new Set([...found].sort((a, b) => b.iou - a.iou).slice(0, room));
  const objects = found.filter((f) => best.has(f)).map((f) => newObjectOf(open, at, f));
  if (!objects.length) return 0;
  const timeline = apply(open.timeline, { type: 'addObjects', objects });
  store.set(withCase(store.get(), at.case, { timeline }));
  return objects.length;
}

function newObjectOf({ info }: OpenCase, { plane, slice }: ModelPlace, { mask, iou }: FoundMask): NewObject {
  const masks = masksWith(info, planeOf(info, plane), slice, mask, new Map());
  return { score: iou, masks: new Map([...masks].flatMap(([z, runs]) => (runs ? [[z, runs] as const] : []))) };
}
