// Training and validation cases.
import { nearNames } from '../nn/near';
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
  const order = rng(seed, 'split').shuffle(membersOf(ids, groups));
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

/** Which fold validates. */
export interface FoldOptions extends Omit<SplitOptions, 'valFraction'> {
  readonly folds: number;
  /** 0 … folds − 1. */
  readonly fold: number;
}

/**
 * k-fold cross validation: groups are shuffled by seed and dealt out, each to the fold with fewest cases; every case validates in exactly
 * one fold. `DatasetError` for a fold that is not there or fewer groups than folds.
 */
export function splitByFold(ids: readonly string[], { folds, fold, seed, groups }: FoldOptions): Split {
  if (!(Number.isInteger(fold) && fold >= 0 && fold < folds))
    throw new DatasetError(`split: there is no fold ${fold} of ${folds}; folds are counted from 0`);
  const members = membersOf(ids, groups);
  if (members.length < folds)
    throw new DatasetError(`split: ${members.length} cases (or patients) cannot be dealt into ${folds} folds`);
  const dealt = Array.from({ length: folds }, (): string[] => []);
  for (const group of rng(seed, 'folds').shuffle(members)) {
    dealt.reduce((least, f) => (f.length < least.length ? f : least)).push(...group);
  }
  return splitByList(ids, dealt[fold]);
}

/** The named cases validate, all others train. `DatasetError` for an id that is not there, and when nothing is left to train on. */
export function splitByList(ids: readonly string[], val: readonly string[]): Split {
  const [near] = val.filter((id) => !ids.includes(id)).map((id) => [id, nearNames(id, ids, 1)[0]] as const);
  if (near)
    throw new DatasetError(`split: there is no case '${near[0]}'${near[1] ? `; did you mean '${near[1]}'?` : ''}`);
  const chosen = new Set(val);
  if (chosen.size === 0 || chosen.size === ids.length)
    throw new DatasetError(`split: ${chosen.size} of ${ids.length} cases validate; each part needs at least one`);
  return { train: ids.filter((id) => !chosen.has(id)), val: ids.filter((id) => chosen.has(id)) };
}

/** How many groups there are; a case without one counts as one. `DatasetError` for double ids. */
export const countGroups = (ids: readonly string[], groups: ReadonlyMap<string, string>): number =>
  membersOf(ids, groups).length;

/** Cases that stay together, sorted so that the order of the ids does not matter. `DatasetError` for double ids. */
function membersOf(ids: readonly string[], groups?: ReadonlyMap<string, string>): string[][] {
  if (new Set(ids).size !== ids.length) throw new DatasetError('split: an id occurs twice');
  const members = new Map<string, string[]>();
  for (const id of [...ids].sort()) {
    const group = groups?.get(id);
    const key = group === undefined ? `case ${id}` : `group ${group}`;
    members.set(key, [...(members.get(key) ?? []), id]);
  }
  return [...members.values()];
}
