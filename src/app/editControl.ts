/** Changing the shown case: everything here can be undone. */
import { placeKey } from './document/caseInfo';
import { EMPTY_DOC, isPrompt, objectOf, type PromptPoint } from './document/document';
import type { Edit } from './document/edits';
import { lockAgainst } from './document/locks';
import { masksWith } from './document/planeMask';
import { planeOf } from './document/planes';
import { apply, redo, type Timeline, undo } from './document/timeline';
import { lockedNotice } from './notices';
import { type AppState, candidateOf, placeNow, predictionOf, promptOf, shownCase, withCase } from './state';
import type { Store } from './store';

/** Actions on the shown case's document. Those on prompts mean the active object on the slice that is worked on. */
export interface EditControl {
  /** Any change, undoable. Where a lock is against it, it says so. */
  edit(e: Edit): void;
  undo(): void;
  redo(): void;
  addPoint(point: PromptPoint): void;
  removePoint(index: number): void;
  clearPoints(): void;
  /** Chooses among the model's candidate masks. */
  pick(candidate: number): void;
  /** Accepts the proposal as the active object's mask; false where there is none. */
  commit(): boolean;
}

/** Edit actions on `store`. */
export function makeEditControl(store: Store<AppState>): EditControl {
  const change = (make: (t: Timeline) => Timeline) => {
    const open = shownCase(store.get());
    const timeline = open && make(open.timeline);
    if (timeline && timeline !== open.timeline) store.set(withCase(store.get(), open.info.id, { timeline }));
  };
  const edit = (e: Edit) => {
    const locked = lockAgainst(shownCase(store.get())?.timeline.now ?? EMPTY_DOC, e);
    if (locked) return store.set({ notice: lockedNotice(locked.name) });
    change((t) => apply(t, e));
  };
  const here = (make: (at: ReturnType<typeof placeKey>) => Edit) => {
    const at = placeNow(store.get());
    if (at) edit(make(placeKey(at)));
  };
  return {
    edit,
    undo: () => change(undo),
    redo: () => change(redo),
    addPoint: (point) => here((at) => ({ type: 'addPoint', at, point })),
    removePoint: (index) => here((at) => ({ type: 'removePoint', at, index })),
    clearPoints: () => isPrompt(promptOf(store.get())) && here((at) => ({ type: 'clearPrompt', at })),
    pick: (choice) => here((at) => ({ type: 'chooseMask', at, choice })),
    commit() {
      const e = acceptance(store.get());
      if (e) edit(e);
      // What was drawn by hand needs no acceptance: the next prompt begins another object.
      else if (!isPrompt(promptOf(store.get()))) edit({ type: 'activate', object: null });
      return e !== null;
    },
  };
}

/** The change that accepts the present proposal; null where there is none. */
function acceptance(s: AppState): Edit | null {
  const [open, at, p] = [shownCase(s), placeNow(s), predictionOf(s)];
  if (!open || !at || !p) return null;
  const i = candidateOf(p, promptOf(s).choice);
  const doc = open.timeline.now;
  const before = objectOf(doc, doc.active)?.masks ?? new Map();
  const masks = masksWith(open.info, planeOf(open.info, at.plane), at.slice, p.masks[i], before);
  return { type: 'commit', masks, score: p.iou[i], at: placeKey(at) };
}
