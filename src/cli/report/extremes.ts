import type { CaseRow, RunSummary } from './runSummary';

/** Scored objects with the highest and the lowest Dice, for pictures: at most `count` of each, none in both. */
export function extremes(run: RunSummary, count: number): { best: CaseRow[]; worst: CaseRow[] } {
  // Both masks empty is right, but there is nothing to see.
  const rows = run.cases.filter((c) => c.empty !== 'both').sort((a, b) => b.dice - a.dice);
  const half = Math.min(count, Math.ceil(rows.length / 2));
  const best = rows.slice(0, half);
  return { best, worst: rows.slice(half).slice(-count).reverse() };
}
