/**
 * Undo and redo of a case. A step keeps the document as it was before; documents share all that did not change (masks are
 * run lengths by slice), so that a step costs what it changed and no more. The cost is counted and bounded.
 */
import { type CaseDoc, EMPTY_DOC } from './document';
import { EDIT_WORDS, type Edit, edit, mergeKeyOf } from './edits';

/** One change that can be undone or redone. */
export interface TimelineStep {
  /** What it leads to when it is taken. */
  readonly doc: CaseDoc;
  /** In words, for tooltips: "mask accepted". */
  readonly words: string;
  /** Bytes that are held for this step alone. */
  readonly bytes: number;
  readonly merge: string | null;
}

/** The past, the present and what was undone. Immutable. */
export interface Timeline {
  readonly now: CaseDoc;
  /** Oldest first: documents before each change. */
  readonly past: readonly TimelineStep[];
  /** Next first: documents after each change that was undone. */
  readonly future: readonly TimelineStep[];
}

/** Steps and bytes that a history holds at most; the oldest steps go first. */
export const TIMELINE_LIMITS = { steps: 500, bytes: 64 * 2 ** 20 } as const;

/** A history that begins with `now`. */
export function startTimeline(now: CaseDoc = EMPTY_DOC): Timeline {
  return { now, past: [], future: [] };
}

/** Makes a change. The same history where it changes nothing. A selection alone is no step, but is kept with the next. */
export function apply(t: Timeline, e: Edit, limits: { steps: number; bytes: number } = TIMELINE_LIMITS): Timeline {
  const now = edit(t.now, e);
  if (now === t.now) return t;
  if (e.type === 'activate') return { ...t, now };
  const merge = mergeKeyOf(e);
  const last = t.past.at(-1);
  if (merge && last?.merge === merge && !t.future.length) return { now, past: t.past, future: [] };
  const step = { doc: t.now, words: EDIT_WORDS[e.type], bytes: bytesBetween(t.now, now), merge };
  return { now, past: bounded([...t.past, step], limits), future: [] };
}

function bounded(past: readonly TimelineStep[], limits: { steps: number; bytes: number }): readonly TimelineStep[] {
  let from = Math.max(0, past.length - limits.steps);
  let bytes = past.slice(from).reduce((sum, s) => sum + s.bytes, 0);
  // The latest step can always be undone, whatever it costs.
  while (bytes > limits.bytes && from < past.length - 1) bytes -= past[from++].bytes;
  return past.slice(from);
}

/** One step back; the same history when there is none. */
export function undo(t: Timeline): Timeline {
  const step = t.past.at(-1);
  if (!step) return t;
  const again = { ...step, doc: t.now };
  return { now: step.doc, past: t.past.slice(0, -1), future: [again, ...t.future] };
}

/** One step forward again; the same history when there is none. */
export function redo(t: Timeline): Timeline {
  const [step, ...future] = t.future;
  if (!step) return t;
  return { now: step.doc, past: [...t.past, { ...step, doc: t.now }], future };
}

/** Bytes of masks that one of two documents holds and the other does not, and a little for everything else. */
function bytesBetween(a: CaseDoc, b: CaseDoc): number {
  const held = (d: CaseDoc) => new Set(d.objects.flatMap((o) => [...o.masks.values()]));
  const [one, two] = [held(a), held(b)];
  let bytes = 256;
  for (const runs of one) if (!two.has(runs)) bytes += runs.byteLength;
  for (const runs of two) if (!one.has(runs)) bytes += runs.byteLength;
  return bytes;
}
