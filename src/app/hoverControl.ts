/**
 * What a click would give, shown while the pointer moves: one decode at a time, of those that wait only the newest. It
 * stops by itself where a decode takes long, while training, and where there is a prompt already.
 */
import type { Plane } from '../data/volumeReorient';
import type { Report } from './controller';
import { isPrompt, type PromptPoint } from './document/document';
import { makeLatest } from './latest';
import { wantsThree } from './maskChoice';
import type { EngineClient } from './rpc';
import { type AppState, isEmbedded, pictureKey, placeNow, promptOf } from './state';
import type { Store } from './store';

/** A place under the pointer. */
export interface HoverSpot {
  readonly plane: Plane;
  readonly slice: number;
  readonly x: number;
  readonly y: number;
}

/** The preview. */
export interface HoverControl {
  /** The pointer is here; null: on no slice. */
  hover(spot: HoverSpot | null): void;
}

/** Milliseconds beyond which a preview lags behind the hand. */
const SLOW = 150;
/** Slow ones in a row that switch it off; one that takes four times as long counts as that many. */
const PATIENT = 3;

/** The preview on `store` through `client`. */
export function makeHoverControl(store: Store<AppState>, client: EngineClient, report: Report): HoverControl {
  let wanted = false;
  let slow = 0;
  // The one that is shown is not the one that is written.
  let turn = 0;
  const latest = makeLatest<HoverSpot>(async ({ plane, slice, x, y }) => {
    const s = store.get();
    const at = placeNow(s);
    if (!wanted || !at || !canHover(s) || at.plane !== plane || at.slice !== slice) return;
    turn = 1 - turn;
    const key = JSON.stringify([at.case, 'hover', turn]);
    const point: PromptPoint = { x, y, label: 1 };
    const multimask = wantsThree(s.view.masks, { points: [point], box: null }, s.which);
    let ms = 0;
    try {
      // What it waited for its turn says nothing about the device.
      ms = (await client.call('preview', { key, at, which: s.which, point, multimask })).ms;
    } catch (error) {
      return report(error, 'while previewing');
    }
    slow = ms > SLOW ? slow + (ms > 4 * SLOW ? PATIENT : 1) : 0;
    if (slow >= PATIENT) store.set({ slowHover: ms });
    if (wanted && canHover(store.get())) store.set({ hover: { key, place: pictureKey(at) } });
  });
  // Who switches it on again wants to know again.
  store.watch((s, before) => {
    // After the click it belongs to the past.
    if (s.hover && isPrompt(promptOf(s))) store.set({ hover: null });
    if (s.view.hover === before.view.hover) return;
    slow = 0;
    store.set({ slowHover: null, hover: null });
  });
  return {
    hover(spot) {
      wanted = spot !== null && canHover(store.get()) && isOn(spot, store.get());
      if (wanted && spot) return latest.request(spot);
      latest.drop();
      if (store.get().hover) store.set({ hover: null });
    },
  };
}

function isOn({ plane, x, y }: HoverSpot, s: AppState): boolean {
  const at = placeNow(s);
  return at?.plane === plane && x >= 0 && y >= 0;
}

/** Whether a preview makes sense now. */
function canHover(s: AppState): boolean {
  const idle = s.engine === 'ready' && !s.running && !s.decoding;
  return idle && s.view.hover && s.slowHover === null && isEmbedded(s) && !isPrompt(promptOf(s));
}
