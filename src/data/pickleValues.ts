// Python's containers that have no plain counterpart here; lists and tuples are arrays.

/** Python's dict and its whitelisted relatives; keys are plain values. */
export interface PickleDict {
  readonly kind: 'dict';
  readonly items: Map<unknown, unknown>;
}

/** Python's set and frozenset. */
export interface PickleSet {
  readonly kind: 'set';
  readonly items: Set<unknown>;
}

/** An empty dict. */
export const makeDict = (): PickleDict => ({ kind: 'dict', items: new Map() });

/** A set of these elements. */
export const makeSet = (items: Iterable<unknown> = []): PickleSet => ({ kind: 'set', items: new Set(items) });

/** Whether a value is a dict. All objects that an unpickler makes have a `kind`, arrays and bytes apart. */
export const isDict = (x: unknown): x is PickleDict => (x as PickleDict | undefined | null)?.kind === 'dict';

/** Whether a value is a set. */
export const isSet = (x: unknown): x is PickleSet => (x as PickleSet | undefined | null)?.kind === 'set';
