import type { DataConfig } from '../../train/experiment/config';
import { caseOf } from '../instances';
import { rng } from '../rng';
import { patientGroups, type Split, splitByCase, splitByFold, splitByList } from '../split';

/** Training and validation ids as `config` says, at most as many as it allows. */
export function splitCases(
  cases: readonly { id: string; meta: Readonly<Record<string, unknown>> }[],
  { split: how, seed, maxTrain, maxVal }: DataConfig,
): Split {
  const ids = cases.map((c) => c.id);
  const groups = patientGroups(cases);
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

/** Number of different cases. */
export function caseCount(objects: readonly { readonly id: string }[]): number {
  return new Set(objects.map((o) => caseOf(o.id))).size;
}
