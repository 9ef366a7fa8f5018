/** Undo and redo over immutable values. A history is a value too: every function gives a new one. */
export interface History<T> {
  readonly past: readonly T[];
  readonly now: T;
  readonly future: readonly T[];
}

/** Steps that can be undone; older ones are forgotten. */
export const MAX_UNDO = 200;

/** A history that begins with `now`. */
export function startHistory<T>(now: T): History<T> {
  return { past: [], now, future: [] };
}

/** `now` becomes the present; what was undone is forgotten. */
export function record<T>(h: History<T>, now: T): History<T> {
  return { past: [...h.past, h.now].slice(-MAX_UNDO), now, future: [] };
}

/** One step back; the same history when there is none. */
export function undo<T>(h: History<T>): History<T> {
  if (!h.past.length) return h;
  return { past: h.past.slice(0, -1), now: h.past[h.past.length - 1], future: [h.now, ...h.future] };
}

/** One step forward again; the same history when there is none. */
export function redo<T>(h: History<T>): History<T> {
  if (!h.future.length) return h;
  return { past: [...h.past, h.now], now: h.future[0], future: h.future.slice(1) };
}
