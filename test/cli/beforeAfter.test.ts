import { expect, test } from 'vitest';
import { countsText, reportRows, reportTable } from '../../src/cli/beforeAfter';
import { maskScore } from '../../src/train/metrics/overlap';
import type { CaseScore } from '../../src/train/metrics/summary';

/** A score from masks of four pixels. */
const score = (id: string, className: string, pred: number[]): CaseScore => ({
  id,
  className,
  ...maskScore(pred, [1, 1, 0, 0]),
});

const before = [score('1', 'disc', [0, 0, 0, 0]), score('1', 'cup', [1, 0, 0, 0]), score('2', 'disc', [1, 1, 1, 1])];
const after = [score('1', 'disc', [1, 1, 0, 0]), score('1', 'cup', [1, 1, 0, 0]), score('2', 'disc', [1, 1, 0, 0])];

test('a row per class, the mean of classes and the mean of all', () => {
  const rows = reportRows(before, after);
  expect(rows.map((r) => [r.className, r.n])).toEqual([
    ['disc', 2],
    ['cup', 1],
    ['mean of classes', 2],
    ['all objects', 3],
  ]);
  expect(rows[0].before.dice).toBeCloseTo(1 / 3);
  expect(rows[1].before).toEqual({ dice: 2 / 3, iou: 1 / 2 });
  expect(rows[2].before.dice).toBeCloseTo(1 / 2);
  expect(rows[3].before.dice).toBeCloseTo(4 / 9);
  expect(rows.every((r) => r.after.dice === 1 && r.after.iou === 1)).toBe(true);
});

test('one class needs no mean of classes; the table is aligned', () => {
  const rows = reportRows([before[0], before[2]], [after[0], after[2]]);
  expect(rows.map((r) => r.className)).toEqual(['disc', 'all objects']);
  expect(reportTable(rows)).toBe(
    [
      'class        n  Dice before  Dice after  IoU before  IoU after',
      '───────────  ─  ───────────  ──────────  ──────────  ─────────',
      'disc         2        0.333       1.000       0.250      1.000',
      '───────────  ─  ───────────  ──────────  ──────────  ─────────',
      'all objects  2        0.333       1.000       0.250      1.000',
    ].join('\n'),
  );
});

test('counts with their percentage', () => {
  const counts = { trained: 17024, base: 435848, adapters: 17024, total: 452872, percent: 3.9059 };
  expect(countsText(counts)).toBe('trained 17,024 of 452,872 parameters (base and adapters), 3.91 % of the base');
});
