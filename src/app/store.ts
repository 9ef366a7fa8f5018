/** A value that others watch. Listeners are told once per turn of the event loop, however many changes there were. */
export interface Store<T> {
  readonly get: () => T;
  /** Merges fields into the value. */
  readonly set: (change: Partial<T>) => void;
  /** Calls `listener` after changes, with the value then and the one it was told of before. Returns how to stop. */
  readonly watch: (listener: (now: T, before: T) => void) => () => void;
}

/** A store that begins with `initial`. */
export function makeStore<T extends object>(initial: T): Store<T> {
  let now = initial;
  let told = initial;
  let scheduled = false;
  const listeners = new Set<(now: T, before: T) => void>();
  const tell = () => {
    scheduled = false;
    const before = told;
    told = now;
    for (const listener of [...listeners]) listener(told, before);
  };
  return {
    get: () => now,
    set(change) {
      now = { ...now, ...change };
      if (scheduled) return;
      scheduled = true;
      queueMicrotask(tell);
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
