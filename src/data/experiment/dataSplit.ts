import type { DataConfig } from '../../train/experiment/config';
import { ConfigError } from '../../train/experiment/configError';
import { caseOf } from '../instances';
import { rng } from '../rng';
import { patientGroups, type Split, splitByCase, splitByFold, splitByList } from '../split';

/** Ids of all parts of an experiment's data. */
export interface CaseSplit extends Split {
  /** Taken from the training cases to choose the best step by. */
  readonly heldBack: readonly string[];
}

/**
 * Training and validation ids as `config` says, at most as many as it allows; `validation` of the training cases (whole patients) are then
 * held back. `ConfigError` where too few are left for that.
 */
export function splitCases(
  cases: readonly { id: string; meta: Readonly<Record<string, unknown>> }[],
  config: DataConfig,
): CaseSplit {
  const groups = patientGroups(cases);
  const { train: all, val } = outerSplit(
    cases.map((c) => c.id),
    groups,
    config,
  );
  const { validation, seed } = config;
  if (!validation || !all.length) return { train: all, val, heldBack: [] };
  const { train, val: heldBack } = splitByCase(all, { valFraction: validation, seed, groups });
  if (!heldBack.length)
    throw new ConfigError(
      `data.validation: training cases of one patient (${all.length}) leave none to hold back; give more, or set it to 0`,
    );
  return { train, val, heldBack };
}

function outerSplit(
  ids: readonly string[],
  groups: ReadonlyMap<string, string>,
  { split: how, seed, maxTrain, maxVal }: DataConfig,
): Split {
  if (how.by === 'all') return { train: [], val: ids };
  const split =
    how.by === 'list'
      ? splitByList(ids, how.val)
      : how.by === 'fold'
        ? splitByFold(ids, { folds: how.folds, fold: how.fold, seed, groups })
        : splitByCase(ids, { valFraction: how.fraction, seed, groups });
  const some = (of: readonly string[], most: number | null, name: string) => {
    if (most === null || of.length <= most) return of;
    const chosen = new Set(
      rng(seed, 'some cases', name)
        .shuffle([...of])
        .slice(0, most),
    );
    return of.filter((id) => chosen.has(id));
  };
  return { train: some(split.train, maxTrain, 'train'), val: some(split.val, maxVal, 'val') };
}

/**
 * What is held back of cases of several kinds, of all alike: the last ones, `share` of each kind, at least one, and one is left.
 * `ConfigError` where there is one alone.
 */
export function heldBackOf<T>(all: readonly T[], kindOf: (one: T) => string, share: number): T[] {
  if (!share) return [];
  return [...new Set(all.map(kindOf))].flatMap((kind) => {
    const own = all.filter((one) => kindOf(one) === kind);
    if (own.length < 2)
      throw new ConfigError(`data.validation: one phantom of ${kind} leaves none to hold back; raise data.maxTrain`);
    return own.slice(-Math.min(own.length - 1, Math.max(1, Math.round(share * own.length))));
  });
}

/** Number of different cases. */
export function caseCount(objects: readonly { readonly id: string }[]): number {
  return new Set(objects.map((o) => caseOf(o.id))).size;
}
