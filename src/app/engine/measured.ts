/** From measured objects to what a run keeps and tells of them. */
import type { ExperimentData, Measured } from '../../data/experiment/experimentData';
import { summariseScores } from '../../train/metrics/summary';
import { packMask } from '../document/runs';
import type { ObjectScore, RunInfo } from '../runProtocol';
import type { MaskList } from './runFiles';

/** A run's record with what the objects scored before it trained, and their masks. */
export function withBefore(
  info: RunInfo,
  { patients }: Pick<ExperimentData, 'patients'>,
  results: readonly Measured[],
): { readonly info: RunInfo; readonly masks: MaskList } {
  const objects = results.map(({ id, className, dice, iou }) => ({
    ...{ id, className, patient: patients.get(id) ?? id, before: dice, after: null, iouBefore: iou },
  }));
  return { info: { ...info, objects }, masks: masksOf(results) };
}

/** The same with what they score now, which may be the best so far. */
export function withAfter(
  info: RunInfo,
  results: readonly Measured[],
): { readonly info: RunInfo; readonly masks: MaskList } {
  const objects = info.objects.map((o, i) => ({ ...o, after: results[i]?.dice ?? null }));
  const { dice } = summariseScores(results).overall;
  const best = info.best && dice <= info.best.dice ? info.best : { step: info.step, dice };
  return { info: { ...info, objects, best }, masks: masksOf(results) };
}

const masksOf = (results: readonly Measured[]) => results.map(({ mask }) => packMask(mask));

/** Means of a class, for an adapter's card; only where both sides were measured. */
export function classScores(objects: readonly ObjectScore[]) {
  const names = [...new Set(objects.map((o) => o.className))];
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  return names.flatMap((className) => {
    const own = objects.filter((o) => o.className === className);
    const pairs = own.flatMap(({ before, after }) => (before === null || after === null ? [] : [{ before, after }]));
    if (!pairs.length) return [];
    const [before, after] = [mean(pairs.map((p) => p.before)), mean(pairs.map((p) => p.after))];
    return [{ className, n: pairs.length, before, after }];
  });
}
