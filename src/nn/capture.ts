import type { Tensor } from '../tensor/tensor';

/**
 * Named activations: while `capturing` runs, every module called leaves its result under its path, so that tests, the
 * page and notebooks can look inside a model without the model knowing.
 */
let table: Map<string, Tensor> | null = null;

/** Anything a module may return. */
export type Captured = Tensor | readonly (Tensor | null)[] | { readonly [key: string]: Tensor | null } | null;

/**
 * Runs `f` and gives its result with the captured tensors: `PATH`, or `PATH.0`, `PATH.1` … for several results. The
 * last call of a path wins.
 */
export function capturing<T>(f: () => T): { readonly result: T; readonly acts: ReadonlyMap<string, Tensor> } {
  const saved = table;
  const acts = new Map<string, Tensor>();
  table = acts;
  try {
    return { result: f(), acts };
  } finally {
    table = saved;
  }
}

/** Leaves `value` under `path` when somebody is capturing; does nothing otherwise. */
export function capture(path: string, value: Captured): void {
  if (!table || !value) return;
  if (isTensor(value)) {
    table.set(path, value);
    return;
  }
  for (const [key, t] of Object.entries(value)) if (t) table.set(`${path}.${key}`, t);
}

function isTensor(value: Exclude<Captured, null>): value is Tensor {
  return 'op' in value && 'shape' in value && 'inputs' in value;
}
