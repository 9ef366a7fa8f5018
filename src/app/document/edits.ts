/** Every change that a person can make to a case, as typed values, and what each does. Pure; throws nothing. */
import type { PlaceKey } from './caseInfo';
import {
  type CaseDoc,
  type Colour,
  freeId,
  type LabelObject,
  NO_PROMPT,
  newObject,
  objectOf,
  type Prompt,
  type PromptBox,
  type PromptPoint,
  promptAt,
} from './document';
import { lockAgainst } from './locks';
import { areaOf, type Runs } from './runs';

/** Masks by z; null takes a slice's mask away. */
export type MaskChanges = ReadonlyMap<number, Runs | null>;

/** A change. Those without an `object` mean the active one, which is made where there is none. */
export type Edit =
  | { readonly type: 'addPoint'; readonly at: PlaceKey; readonly point: PromptPoint }
  | { readonly type: 'removePoint'; readonly at: PlaceKey; readonly index: number }
  | { readonly type: 'setBox'; readonly at: PlaceKey; readonly box: PromptBox | null }
  | { readonly type: 'clearPrompt'; readonly at: PlaceKey }
  | { readonly type: 'chooseMask'; readonly at: PlaceKey; readonly choice: number }
  /** Accepts masks for the active object and lets the next prompt begin a new one. */
  | {
      readonly type: 'commit';
      readonly masks: MaskChanges;
      readonly score: number | null;
      /** The slice whose prompt is done with; all prompts of the object without it. */
      readonly at?: PlaceKey;
    }
  /** Strokes, propagation, interpolation: masks of an object change, and nothing else. */
  | {
      readonly type: 'setMasks';
      readonly object?: number;
      readonly masks: MaskChanges;
      readonly score?: number | null;
      /** Changes of one row, such as slice after slice of a propagation, are one step. */
      readonly row?: string;
    }
  /** A stroke on a slice: the mask then; a proposal there was part of it and its prompt is done with. Goes on with the object. */
  | {
      readonly type: 'stroke';
      readonly object: number | null;
      readonly at: PlaceKey;
      readonly masks: MaskChanges;
    }
  /** Objects that come whole: imported labels, all that "everything" found. */
  | { readonly type: 'addObjects'; readonly objects: readonly NewObject[] }
  /** A saved session: all objects are its own from now on. */
  | { readonly type: 'restore'; readonly doc: CaseDoc }
  | { readonly type: 'removeObject'; readonly object: number }
  | { readonly type: 'rename'; readonly object: number; readonly name: string }
  | { readonly type: 'recolour'; readonly object: number; readonly colour: Colour }
  | { readonly type: 'hide'; readonly object: number; readonly hidden: boolean }
  | { readonly type: 'lock'; readonly object: number; readonly locked: boolean }
  /** To another place in the list: later ones are drawn over earlier ones. */
  | { readonly type: 'move'; readonly object: number; readonly to: number }
  /** The object that prompts and strokes belong to from now on; null: a new one. */
  | { readonly type: 'activate'; readonly object: number | null };

/** An object to be added; what is left out is chosen, and so is an id that is taken. */
export type NewObject = Partial<Pick<LabelObject, 'id' | 'name' | 'colour' | 'score'>> & {
  readonly masks: ReadonlyMap<number, Runs>;
};

/** What the history calls a change. */
export const EDIT_WORDS: Readonly<Record<Edit['type'], string>> = {
  ...{ addPoint: 'point', removePoint: 'point removed', setBox: 'box', clearPrompt: 'prompt cleared' },
  ...{ chooseMask: 'choice of mask', commit: 'mask accepted', setMasks: 'mask changed', addObjects: 'objects added' },
  ...{ removeObject: 'object deleted', rename: 'name', recolour: 'colour', hide: 'visibility', activate: 'selection' },
  ...{ stroke: 'stroke', lock: 'lock', move: 'order', restore: 'session' },
};

/** Changes of which an unbroken row counts as one, such as those of a colour slider: their key; null for all others. */
export function mergeKeyOf(e: Edit): string | null {
  if (e.type === 'setMasks' && e.row !== undefined) return `${e.type} ${e.object} ${e.row}`;
  return e.type === 'recolour' || e.type === 'rename' ? `${e.type} ${e.object}` : null;
}

/** The document after a change; the same value where it changes nothing, or a lock is against it. */
export function edit(doc: CaseDoc, e: Edit): CaseDoc {
  if (lockAgainst(doc, e)) return doc;
  switch (e.type) {
    case 'addPoint':
      return changePrompt(doc, e.at, (p) => withPoint(p, e.point));
    case 'removePoint':
      return changePrompt(doc, e.at, (p) => ({ ...p, points: p.points.filter((_, i) => i !== e.index), choice: null }));
    case 'setBox':
      return changePrompt(doc, e.at, (p) => ({ ...p, box: e.box, choice: null }));
    case 'clearPrompt':
      return promptAt(doc, e.at) === NO_PROMPT ? doc : changePrompt(doc, e.at, () => NO_PROMPT);
    case 'chooseMask':
      return promptAt(doc, e.at).choice === e.choice
        ? doc
        : changePrompt(doc, e.at, (p) => ({ ...p, choice: e.choice }));
    case 'commit':
      return commit(doc, e.masks, e.score, e.at);
    case 'setMasks':
      return setMasks(doc, e.object ?? doc.active, e.masks, e.score);
    case 'addObjects':
      return addObjects(doc, e.objects);
    case 'restore':
      return e.doc;
    case 'removeObject':
      return removeObject(doc, e.object);
    case 'rename':
      return changeObject(doc, e.object, (o) => (o.name === e.name ? o : { ...o, name: e.name }));
    case 'recolour':
      return changeObject(doc, e.object, (o) => ({ ...o, colour: e.colour }));
    case 'hide':
      return changeObject(doc, e.object, (o) => (o.hidden === e.hidden ? o : { ...o, hidden: e.hidden }));
    case 'lock':
      return lock(doc, e.object, e.locked);
    case 'move':
      return moveObject(doc, e.object, e.to);
    case 'stroke':
      return stroke(doc, e.object, e.at, e.masks);
    case 'activate':
      return doc.active === e.object ? doc : { ...doc, active: objectOf(doc, e.object)?.id ?? null };
  }
}

function changeObject(doc: CaseDoc, id: number, change: (o: LabelObject) => LabelObject): CaseDoc {
  const at = doc.objects.findIndex((o) => o.id === id);
  if (at < 0) return doc;
  const changed = change(doc.objects[at]);
  return changed === doc.objects[at] ? doc : { ...doc, objects: doc.objects.with(at, changed) };
}

/** The document with an active object, made where there is none; unchanged where there is no room for one more. */
function withActive(doc: CaseDoc): CaseDoc {
  if (objectOf(doc, doc.active)) return doc;
  const id = freeId(doc);
  return id === null ? doc : { objects: [...doc.objects, newObject(id)], active: id };
}

function changePrompt(doc: CaseDoc, at: PlaceKey, change: (p: Prompt) => Prompt): CaseDoc {
  const ready = withActive(doc);
  if (ready.active === null) return doc;
  return changeObject(ready, ready.active, (o) => {
    const prompts = new Map(o.prompts);
    const next = change(prompts.get(at) ?? NO_PROMPT);
    if (next.points.length || next.box) prompts.set(at, next);
    else prompts.delete(at);
    return { ...o, prompts };
  });
}

/** The point remembers which candidate it was set upon. */
function withPoint(p: Prompt, point: PromptPoint): Prompt {
  const set = p.choice === null ? point : { ...point, onto: p.choice };
  return { ...p, points: [...p.points, set], choice: null };
}

function mergedMasks(o: LabelObject, changes: MaskChanges): ReadonlyMap<number, Runs> {
  const masks = new Map(o.masks);
  for (const [z, runs] of changes) {
    if (runs && areaOf(runs) > 0) masks.set(z, runs);
    else masks.delete(z);
  }
  return masks;
}

function commit(doc: CaseDoc, changes: MaskChanges, score: number | null, at?: PlaceKey): CaseDoc {
  const ready = withActive(doc);
  if (ready.active === null) return doc;
  const done = changeObject(ready, ready.active, (o) => ({
    ...{ ...o, masks: mergedMasks(o, changes), committed: true, score },
    // The mask stands for them now; they would propose it again otherwise.
    prompts: at ? new Map([...o.prompts].filter(([key]) => key !== at)) : new Map(),
  }));
  return { ...done, active: null };
}

function setMasks(doc: CaseDoc, id: number | null, changes: MaskChanges, score: number | null = null): CaseDoc {
  const ready = objectOf(doc, id) ? doc : withActive(doc);
  const target = objectOf(ready, id)?.id ?? ready.active;
  if (target === null) return doc;
  return changeObject(ready, target, (o) => ({ ...o, masks: mergedMasks(o, changes), committed: true, score }));
}

function addObjects(doc: CaseDoc, list: readonly NewObject[]): CaseDoc {
  let next = doc;
  for (const { masks, id: wanted, ...given } of list) {
    const id = wanted && !objectOf(next, wanted) ? wanted : freeId(next);
    if (id === null) break;
    const made = newObject(id);
    const object = { ...made, ...given, masks: mergedMasks(made, masks), committed: true };
    next = { ...next, objects: [...next.objects, object] };
  }
  return next;
}

function removeObject(doc: CaseDoc, id: number): CaseDoc {
  if (!objectOf(doc, id)) return doc;
  return { objects: doc.objects.filter((o) => o.id !== id), active: doc.active === id ? null : doc.active };
}

/** A locked object is not the one that is worked on. */
function lock(doc: CaseDoc, id: number, locked: boolean): CaseDoc {
  const done = changeObject(doc, id, (o) => (o.locked === locked ? o : { ...o, locked }));
  return done !== doc && locked && done.active === id ? { ...done, active: null } : done;
}

function moveObject(doc: CaseDoc, id: number, to: number): CaseDoc {
  const moved = objectOf(doc, id);
  const held = Math.min(doc.objects.length - 1, Math.max(0, to));
  if (!moved || doc.objects[held] === moved) return doc;
  return { ...doc, objects: doc.objects.filter((o) => o !== moved).toSpliced(held, 0, moved) };
}

function stroke(doc: CaseDoc, id: number | null, at: PlaceKey, changes: MaskChanges): CaseDoc {
  const ready = withActive({ ...doc, active: id });
  if (ready.active === null) return doc;
  return changeObject(ready, ready.active, (o) => {
    const prompts = new Map(o.prompts);
    prompts.delete(at);
    return { ...o, masks: mergedMasks(o, changes), prompts, committed: true, score: null };
  });
}
