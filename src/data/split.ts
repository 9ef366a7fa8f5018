// Training and validation cases.
import { DatasetError } from './errors';
import { rng } from './rng';

/** How to split. */
export interface SplitOptions {
  /** Share of the cases that validate, 0..1. */
  readonly valFraction: number;
  readonly seed: number;
  /** Cases of one group (a patient) stay together; cases without a group are their own. */
  readonly groups?: ReadonlyMap<string, string>;
}

/** Ids of both parts, each in the order of the input. */
export interface Split {
  readonly train: readonly string[];
  readonly val: readonly string[];
}

/** The group of each case that names a patient in its meta data. */
export function patientGroups(
  cases: readonly { id: string; meta: Readonly<Record<string, unknown>> }[],
): Map<string, string> {
  const out = new Map<string, string>();
  for (const { id, meta } of cases) {
    if (typeof meta.patient === 'string' || typeof meta.patient === 'number') out.set(id, String(meta.patient));
  }
  return out;
}

/**
 * Splits ids by seed, whatever their order: whole groups go to validation while that brings its number of cases nearer
 * to `valFraction`; where there are two groups each part gets one (unless the fraction is 0 or 1). `DatasetError` for a
 * fraction outside 0..1 and double ids.
 */
export function splitByCase(ids: readonly string[], { valFraction, seed, groups }: SplitOptions): Split {
  if (!(valFraction >= 0 && valFraction <= 1))
    throw new DatasetError(`split: valFraction must be 0..1, got ${valFraction}`);
  if (new Set(ids).size !== ids.length) throw new DatasetError('split: an id occurs twice');
  const members = new Map<string, string[]>();
  for (const id of [...ids].sort()) {
    const group = groups?.get(id);
    const key = group === undefined ? `case ${id}` : `group ${group}`;
    members.set(key, [...(members.get(key) ?? []), id]);
  }
  const order = rng(seed, 'split').shuffle([...members.values()]);
  const target = valFraction * ids.length;
  const val = new Set<string>();
  let taken = 0;
  for (const group of order) {
    if (valFraction < 1 && taken === order.length - 1) break; // something must be left to train on
    if (Math.abs(val.size + group.length - target) >= Math.abs(val.size - target)) continue;
    for (const id of group) val.add(id);
    taken++;
  }
  if (val.size === 0 && valFraction > 0 && order.length > 1) {
    const smallest = order.reduce((least, group) => (group.length < least.length ? group : least));
    for (const id of smallest) val.add(id);
  }
  return { train: ids.filter((id) => !val.has(id)), val: ids.filter((id) => val.has(id)) };
}
