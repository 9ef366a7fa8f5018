import type { Tensor } from '../tensor/tensor';

/**
 * Values that hold while a part of a graph is traced and that modules between do not know of: how many slices a volume
 * has, what the prompt of each row is. A caller provides them, a layer far inside reads them; arguments stay upstream's.
 */
export interface ContextKey<T> {
  readonly name: string;
  /** What holds where nobody provides anything. */
  readonly fallback: T;
}

/** A new key; keys are told apart by identity. */
export function contextKey<T>(name: string, fallback: T): ContextKey<T> {
  return { name, fallback };
}

const held = new Map<ContextKey<unknown>, unknown>();

/** Runs `f`; within it `context(key)` is `value`. Providers nest, the innermost holds. */
export function provide<T, R>(key: ContextKey<T>, value: T, f: () => R): R {
  const k = key as ContextKey<unknown>;
  const outer = held.has(k);
  const before = held.get(k);
  held.set(k, value);
  try {
    return f();
  } finally {
    if (outer) held.set(k, before);
    else held.delete(k);
  }
}

/** The value that holds here. */
export function context<T>(key: ContextKey<T>): T {
  const k = key as ContextKey<unknown>;
  return held.has(k) ? (held.get(k) as T) : key.fallback;
}

/** Slices D of each volume: rows of a batch are b·D + d. 1 for images. */
export const DEPTH: ContextKey<number> = contextKey('depth', 1);

/**
 * What each row of a decoder's batch was asked: the mean of its real prompt tokens [B, C], zeros where there are none.
 * Null outside a mask decoder.
 */
export const PROMPT: ContextKey<Tensor | null> = contextKey<Tensor | null>('prompt', null);

/** Steps that a training run will take in all, where that is known: schedules inside a step are stretched over it. */
export const STEPS: ContextKey<number | null> = contextKey<number | null>('steps', null);
