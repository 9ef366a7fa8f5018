/**
 * What a person has made of a case: objects with their prompts and masks. One immutable value; changes are made by
 * `edit`, kept by the timeline. Results of the model that nobody accepted are not part of it.
 */
import type { CaseInfo, PlaceKey } from './caseInfo';
import { paintRuns, type Runs } from './runs';

/** A point in pixels of its slice as seen, (0, 0) the outer corner of the first; label 1 object, 0 background. */
export interface PromptPoint {
  readonly x: number;
  readonly y: number;
  readonly label: 0 | 1;
  /** Which candidate mask was chosen when it was set: what it corrects; absent: the one with the best score. */
  readonly onto?: number;
}

/** x0, y0, x1, y1 in pixels of the slice, upper left to lower right. */
export type PromptBox = readonly [x0: number, y0: number, x1: number, y1: number];

/** What the model is told about an object on one slice. */
export interface Prompt {
  /** In the order in which they were set. */
  readonly points: readonly PromptPoint[];
  readonly box: PromptBox | null;
  /** Which of several candidate masks is meant; null: the one with the best score. */
  readonly choice: number | null;
}

/** No prompt. */
export const NO_PROMPT: Prompt = { points: [], box: null, choice: null };

/** Whether the model can be asked. */
export const isPrompt = ({ points, box }: Prompt): boolean => points.length > 0 || box !== null;

/** Red, green, blue: 0..255. */
export type Colour = readonly [number, number, number];

/** An object that is being, or was, segmented. */
export interface LabelObject {
  /** 1..255, unique in its case: the value of its voxels in label maps. */
  readonly id: number;
  readonly name: string;
  readonly colour: Colour;
  readonly hidden: boolean;
  /** Strokes and clicks leave it alone. */
  readonly locked: boolean;
  /** A mask was accepted. */
  readonly committed: boolean;
  readonly prompts: ReadonlyMap<PlaceKey, Prompt>;
  /** Accepted masks by z of the case's grid; slices without any pixel are left out. */
  readonly masks: ReadonlyMap<number, Runs>;
  /** The model's own estimate of the IoU of what was accepted; null for masks drawn or imported. */
  readonly score: number | null;
}

/** All that can be undone about a case. */
export interface CaseDoc {
  readonly objects: readonly LabelObject[];
  /** The object that prompts and strokes belong to; null: the next prompt makes a new one. */
  readonly active: number | null;
}

/** A case nobody has touched. */
export const EMPTY_DOC: CaseDoc = { objects: [], active: null };

/** Most objects of a case: label maps are bytes. */
export const MAX_OBJECTS = 255;

/**
 * Colours of new objects in turn. By all kinds of colour vision they are told apart from each other and from those of the
 * model's proposals (ΔE of at least 18; a test computes it).
 */
export const COLOURS: readonly Colour[] = [
  [0, 158, 115],
  [160, 0, 255],
  [255, 60, 110],
  [210, 255, 0],
  [110, 110, 210],
  [210, 110, 60],
  [210, 210, 160],
  [160, 60, 0],
  [160, 110, 160],
  [160, 160, 255],
];

/** The smallest free id; null where all 255 are taken. */
export function freeId(doc: CaseDoc): number | null {
  const taken = new Set(doc.objects.map((o) => o.id));
  for (let id = 1; id <= MAX_OBJECTS; id++) if (!taken.has(id)) return id;
  return null;
}

/** An object without anything, named and coloured by its id. */
export function newObject(id: number): LabelObject {
  return {
    ...{ id, name: `Object ${id}`, colour: COLOURS[(id - 1) % COLOURS.length], hidden: false, locked: false },
    ...{ committed: false, prompts: new Map(), masks: new Map(), score: null },
  };
}

/** The object with this id. */
export const objectOf = (doc: CaseDoc, id: number | null): LabelObject | null =>
  doc.objects.find((o) => o.id === id) ?? null;

/** The active object's prompt on a slice. */
export function promptAt(doc: CaseDoc, key: PlaceKey): Prompt {
  return objectOf(doc, doc.active)?.prompts.get(key) ?? NO_PROMPT;
}

/** Slices of which `a` and `b` show different labels: what must be drawn anew. */
export function changedSlices(a: CaseDoc, b: CaseDoc): ReadonlySet<number> {
  const out = new Set<number>();
  if (a.objects === b.objects) return out;
  const order = (d: CaseDoc) => d.objects.map((o) => o.id).join();
  const all = order(a) !== order(b);
  for (const [one, two] of [
    [a, b],
    [b, a],
  ] as const) {
    for (const o of one.objects) {
      const other = objectOf(two, o.id);
      const whole = all || other?.hidden !== o.hidden;
      if (!whole && other?.masks === o.masks) continue;
      for (const [z, runs] of o.masks) if (whole || other?.masks.get(z) !== runs) out.add(z);
    }
  }
  return out;
}

/** The labels of slice z: ids of objects that are not hidden, later ones over earlier ones; 0 elsewhere. */
export function labelSlice(doc: CaseDoc, info: Pick<CaseInfo, 'dims'>, z: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(info.dims[0] * info.dims[1]);
  for (const o of doc.objects) {
    const runs = o.masks.get(z);
    if (runs && !o.hidden) paintRuns(runs, out, o.id);
  }
  return out;
}
