import type { CaseRow } from './runSummary';

/**
 * The scored objects with the highest and the lowest Dice, for pictures: at most `count` together, best and worst in turn,
 * each once.
 */
export function extremes<T extends Pick<CaseRow, 'dice' | 'empty'>>(rows: readonly T[], count: number): T[] {
  // Both masks empty is right, but there is nothing to see.
  const sorted = rows.filter((c) => c.empty !== 'both').sort((a, b) => b.dice - a.dice);
  const out: T[] = [];
  for (let low = 0, high = sorted.length - 1; low <= high && out.length < count; low++, high--) {
    out.push(sorted[low]);
    if (high > low && out.length < count) out.push(sorted[high]);
  }
  return out;
}
