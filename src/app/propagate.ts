/** Carrying an object's mask from the slice that is worked on to the slices above and below, until it ends. */
import type { Plane } from '../data/volumeReorient';
import type { App } from './app';
import { type Carry, carryOn, type End, type Ending } from './carryOn';
import { type CaseInfo, placeKey } from './document/caseInfo';
import { type CaseDoc, type LabelObject, objectOf, type Prompt } from './document/document';
import { sliceOf } from './document/look';
import { maskOn, masksWith } from './document/planeMask';
import { type PlaneGeometry, planeOf } from './document/planes';
import { areaOf, type Runs } from './document/runs';
import { apply } from './document/timeline';
import { lockedNotice } from './notices';
import type { ModelPlace } from './protocol';
import { type AppState, type OpenCase, pictureKey, predictionOf, shownCase, withCase } from './state';
import type { Store } from './store';
import type { Carried, CarryBy } from './volumeProtocol';
import { tracked } from './work';

/** How far propagation goes. */
export interface Reach {
  /** First and last slice, counted as on the screen from 0. */
  readonly from: number;
  readonly to: number;
  /** Stops where the model's own estimate of IoU falls below. */
  readonly minScore: number;
  /** Slices that have a mask keep it, and it is carried on from there. */
  readonly keep: boolean;
  /** What of a mask its neighbour is asked with. */
  readonly by: CarryBy;
}

/** Looking through all objects is not for every frame. */
const seedsOf = new WeakMap<OpenCase, readonly LabelObject[]>();

/** Objects that can be propagated from the slice that is worked on, the one that is meant first. */
export function seeds(open: OpenCase): readonly LabelObject[] {
  const found = seedsOf.get(open) ?? findSeeds(open);
  seedsOf.set(open, found);
  return found;
}

function findSeeds({ info, look, timeline }: OpenCase): readonly LabelObject[] {
  const g = planeOf(info, look.plane);
  const slice = sliceOf(info, look);
  const { objects, active } = timeline.now;
  const isHere = ({ masks }: LabelObject) =>
    look.plane === info.plane ? masks.has(slice) : masks.size > 0 && areaOf(maskOn(info, g, slice, masks)) > 0;
  return objects
    .filter((o) => !o.locked && isHere(o))
    .reverse()
    .sort((a, b) => Number(b.id === active) - Number(a.id === active));
}

/** What came of a propagation. */
export interface Propagated {
  readonly object: number;
  /** Slices that got a mask. */
  readonly masks: number;
  readonly up: Ending;
  readonly down: Ending;
}

/**
 * Accepts the proposal where there is one, then carries the object (else `chosen`, else the first of `seeds`) on. All masks found are one
 * step to undo; a stop keeps them. Null where there is nothing to carry.
 */
export async function propagate(app: App, reach: Reach, chosen: number | null): Promise<Propagated | null> {
  const { control, store } = app;
  const begin = shownCase(store.get());
  if (!begin) return null;
  const { plane } = begin.look;
  const proposed = predictionOf(store.get()) ? begin.timeline.now.active : null;
  const anchors = anchorsOf(begin.timeline.now, plane);
  if (proposed !== null) control.commit();
  const open = shownCase(store.get())!;
  const object = proposed ?? chosen ?? seeds(open)[0]?.id;
  const seed = objectOf(open.timeline.now, object ?? null);
  if (!seed) return null;
  return tracked(
    store,
    (onProgress, signal) => {
      const total = reach.to - reach.from;
      const tell = (done: number) => onProgress({ kind: 'work', what: 'Propagating', done, total });
      return run(app, { open, seed, anchors, reach, signal: signal!, tell });
    },
    new AbortController().signal,
  );
}

/** The active object's own prompts on the slices of a plane. */
function anchorsOf(doc: CaseDoc, plane: Plane): (slice: number) => Prompt | null {
  const prompts = objectOf(doc, doc.active)?.prompts ?? new Map();
  return (slice) => prompts.get(placeKey({ plane, slice })) ?? null;
}

interface Task {
  readonly open: OpenCase;
  readonly seed: LabelObject;
  readonly anchors: (slice: number) => Prompt | null;
  readonly reach: Reach;
  readonly signal: AbortSignal;
  readonly tell: (done: number) => void;
}

async function run(app: App, { open, seed, anchors, reach, signal, tell }: Task): Promise<Propagated> {
  const { info, look } = open;
  const { plane } = look;
  const g = planeOf(info, plane);
  const at = sliceOf(info, look);
  const row = `propagation ${++rows}`;
  let [found, passed] = [0, 0];
  const onMask = (slice: number, got: Carried | null) => {
    tell(++passed);
    if (got && setSlice(app.store, info, seed.id, { g, slice, mask: got.mask, row })) found++;
  };
  const existing = (slice: number) => {
    const here = reach.keep && anchors(slice) === null ? maskOn(info, g, slice, seed.masks) : null;
    return here && areaOf(here) > 0 ? here : null;
  };
  const carry = carrier(app, { case: info.id, plane, window: look.modelWindow }, anchors, reach.by, signal);
  const go = (step: 1 | -1, last: number) =>
    carryOn({ at, step, last }, maskOn(info, g, at, seed.masks), reach.minScore, existing, carry, onMask);
  tell(0);
  const up = await go(1, reach.to);
  passed = Math.max(passed, reach.to - at);
  const down = await go(-1, reach.from);
  return { object: seed.id, masks: found, up, down };
}

/** Propagations so far: the masks of each are one step to undo. */
let rows = 0;

/** Asks the engine; what goes wrong is reported and ends the direction. */
function carrier(
  app: App,
  on: Omit<ModelPlace, 'slice'>,
  anchors: Task['anchors'],
  by: CarryBy,
  signal: AbortSignal,
): Carry {
  const { which } = app.store.get();
  return async (slice, from) => {
    if (signal.aborted) return null;
    const at = { ...on, slice };
    try {
      const got = await app.client.call('carry', { at, which, from, own: anchors(slice), by }, { signal });
      if (got && which === 'base') markEmbedded(app, at);
      return got;
    } catch (error) {
      if (!signal.aborted) app.control.report(error, 'while propagating');
      return null;
    }
  };
}

function markEmbedded({ store }: App, at: ModelPlace): void {
  const key = pictureKey(at);
  if (!store.get().embedded.has(key)) store.set({ embedded: new Set(store.get().embedded).add(key) });
}

/** A mask on a slice of a plane. */
interface SliceMask {
  readonly g: PlaneGeometry;
  readonly slice: number;
  readonly mask: Runs;
  readonly row: string;
}

/** Gives an object a mask on a slice, whichever case is shown meanwhile; false where case or object are gone, or it is locked. */
export function setSlice(
  store: Store<AppState>,
  info: CaseInfo,
  object: number,
  { g, slice, mask, row }: SliceMask,
): boolean {
  const timeline = store.get().cases.get(info.id)?.timeline;
  const before = timeline && objectOf(timeline.now, object);
  if (!timeline || !before) return false;
  const masks = masksWith(info, g, slice, mask, before.masks);
  // It may have been locked since.
  if (before.locked) {
    if (store.get().notice?.title !== lockedNotice(before.name).title) store.set({ notice: lockedNotice(before.name) });
    return false;
  }
  const edited = apply(timeline, { type: 'setMasks', object, masks, score: before.score, row });
  store.set(withCase(store.get(), info.id, { timeline: edited }));
  return true;
}

/** In words: "12 slices, 4 to 17; ended where the mask vanished and at the range’s end". */
export function wordsOfPropagated({ masks, up, down }: Propagated): string {
  if (up.why === 'stopped' || down.why === 'stopped')
    return `Stopped; ${masks} slice${masks === 1 ? '' : 's'} kept (Ctrl Z takes them back).`;
  const words: Readonly<Record<End, string>> = {
    range: 'the end of the range',
    vanished: 'the mask vanished',
    score: 'the score fell below the limit',
    jump: 'the mask jumped elsewhere',
    stopped: '',
  };
  return `${masks} slice${masks === 1 ? '' : 's'} added: now ${down.slice + 1} to ${up.slice + 1}. Below: ${words[down.why]}; above: ${words[up.why]}.`;
}

/** Accepts the proposal and stays with its object, whose other slices may come next; false where there is none. */
export function acceptSlice({ store, control }: Pick<App, 'store' | 'control'>): boolean {
  const object = shownCase(store.get())?.timeline.now.active ?? null;
  if (!control.commit()) return false;
  control.edit({ type: 'activate', object });
  return true;
}

/** Something can be carried: a proposal, or a mask on this slice. */
export function canPropagate(s: AppState): boolean {
  const open = shownCase(s);
  return open?.info.kind === 'volume' && (predictionOf(s) !== null || seeds(open).length > 0);
}
