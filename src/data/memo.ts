/**
 * Remembers the last `most` results of `make` by whole number: what is large, asked for again soon, and cheap enough to
 * make anew. `most` of at least 1.
 */
export function memo<T>(most: number, make: (key: number) => T): (key: number) => T {
  const kept = new Map<number, T>();
  return (key) => {
    const found = kept.get(key);
    if (found !== undefined) {
      kept.delete(key); // to the end: it was used last
      kept.set(key, found);
      return found;
    }
    const made = make(key);
    kept.set(key, made);
    if (kept.size > most) kept.delete(kept.keys().next().value as number);
    return made;
  };
}
