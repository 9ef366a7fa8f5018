import { expect, test } from 'vitest';
import { compareRuns } from '../../../src/cli/report/comparison';
import { classTable, datasetTable, overviewTable } from '../../../src/cli/report/tables';
import { fakeRun } from './fixture';

const levels = (arm: string, seed: number, dice: number) => {
  const run = fakeRun(arm, 'skin', seed, 0.5, { classes: ['lesion'], cases: 6 });
  return { ...run, cases: run.cases.map((c) => ({ ...c, dice, empty: 'no' as const })) };
};
const c = compareRuns([levels('a', 1, 0.5), levels('a', 2, 0.6), levels('b', 1, 0.8)]);
const column = (table: ReturnType<typeof datasetTable>, name: string) =>
  table.rows.map((row) => row[table.columns.indexOf(name)]);

test('seeds with their spread, the best mean of a column, the reference without a test', () => {
  const table = datasetTable(c, 'skin');
  expect(column(table, 'seeds')).toEqual([{ text: '2', more: 'sd 0.071' }, { text: '1' }]);
  expect(column(table, 'Dice')).toEqual([
    { text: '0.550', more: '[0.550, 0.550]', best: false },
    { text: '0.800', more: '[0.800, 0.800]', best: true },
  ]);
  expect(column(table, 'Δ, p')).toEqual([{ text: 'reference' }, { text: '+0.250', more: 'p 0.031' }]);
  expect(table.columns).toContain('NSD (2 px)');
});

test('less is better for distances', () => {
  const far = { ...levels('c', 1, 0.9), cases: levels('c', 1, 0.9).cases.map((row) => ({ ...row, hd95: 500 })) };
  const [near, worse] = column(datasetTable(compareRuns([levels('a', 1, 0.5), far]), 'skin'), 'HD95 (px)');
  expect([near.best, worse.best]).toEqual([true, false]);
});

test('the overview has sizes and costs, a range where runs differ; one class needs no table of classes', () => {
  const other = { ...levels('b', 2, 0.8), parameters: { trained: 20_000, total: 457_000, percent: 4.6 } };
  const table = overviewTable(compareRuns([levels('b', 1, 0.8), other]));
  expect(table.rows[0].slice(0, 6).map((x) => x.text)).toEqual([
    ...['b', '16,832…20,000', '3.85…4.60', '42.8', '286 MiB', '2'],
  ]);
  expect(table.columns).not.toContain('p');
  expect(classTable(c, 'skin')).toBe(null);
});
