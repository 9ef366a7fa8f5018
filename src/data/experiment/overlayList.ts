import type { EvaluationSet, Measured } from './experimentData';
import { extremes } from './extremes';
import { overlayName, overlayPng } from './overlay';
import type { RunSummary } from './runSummary';

/** A picture of one object and what summary.json says of it. */
export interface ObjectOverlay {
  readonly about: RunSummary['overlays'][number];
  /** See `overlayPng`. */
  readonly png: Uint8Array;
}

/** Pictures of at most `count` objects, best and worst in turn; `before` gives the mask that object i had. */
export function overlayList(
  set: Pick<EvaluationSet, 'shown'>,
  results: readonly Measured[],
  before: (i: number) => Uint8Array,
  count: number,
): ObjectOverlay[] {
  const rows = results.map((r, i) => ({ ...r, i }));
  return extremes(rows, count).map(({ i, id, className, dice }, rank) => {
    const { item, framed } = set.shown(i);
    const png = overlayPng(item, framed(before(i)), framed(results[i].mask));
    return { about: { file: overlayName(rank, item), id, className, dice }, png };
  });
}
