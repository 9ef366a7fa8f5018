// Remembering what is large, asked for again soon, and cheap enough to make anew, within a bound for all together.

/** A bound in bytes that several memos share; what was unused for longest goes first. */
export interface MemoPool {
  readonly most: number;
  /** By last use, oldest first. */
  readonly kept: Map<object, { readonly bytes: number; forget(): void }>;
  used: number;
}

/** An empty pool of `most` bytes. */
export const memoPool = (most: number): MemoPool => ({ most, kept: new Map(), used: 0 });

function touch(pool: MemoPool, key: object, bytes: number, forget: () => void): void {
  if (pool.kept.delete(key)) pool.used -= bytes;
  pool.kept.set(key, { bytes, forget });
  pool.used += bytes;
  for (const [oldest, entry] of pool.kept) {
    if (pool.used <= pool.most || oldest === key) break;
    pool.kept.delete(oldest);
    pool.used -= entry.bytes;
    entry.forget();
  }
}

/** `make`, with results of about `bytes` each remembered by whole number as long as the pool has room. */
export function memo<T extends object>(pool: MemoPool, bytes: number, make: (key: number) => T): (key: number) => T {
  const results = new Map<number, T>();
  return (key) => {
    const value = results.get(key) ?? make(key);
    results.set(key, value);
    touch(pool, value, bytes, () => results.delete(key));
    return value;
  };
}
