import { expect, test } from 'vitest';
import { compareRuns } from '../../../src/cli/report/comparison';
import { fakeRun } from './fixture';

const runs = [
  fakeRun('plain', 'fundus', 1, 0.7),
  fakeRun('plain', 'fundus', 2, 0.7),
  fakeRun('hyper', 'fundus', 1, 0.8),
  fakeRun('hyper', 'fundus', 2, 0.8),
  fakeRun('twin', 'fundus', 3, 0.7),
  fakeRun('plain', 'skin', 1, 0.5, { classes: ['lesion'] }),
];

test('means weigh classes alike, cover all seeds, and count cases once', () => {
  const { results, arms, datasets, against } = compareRuns(runs);
  expect([arms, datasets, against]).toEqual([['plain', 'hyper', 'twin'], ['fundus', 'skin'], 'plain']);
  const [plain] = results;
  expect(plain).toMatchObject({ cases: 24, objects: 96, oneEmpty: 2, bothEmpty: 0 });
  const own = runs.slice(0, 2).flatMap((r) => r.cases);
  const meanOf = (name: string) => {
    const rows = own.filter((c) => c.className === name);
    return rows.reduce((s, c) => s + c.dice, 0) / rows.length;
  };
  expect(plain.scores.dice!.mean).toBeCloseTo((meanOf('disc') + meanOf('cup')) / 2, 12);
  expect(plain.classes.map((k) => k.scores.dice!.mean)).toEqual([
    expect.closeTo(meanOf('disc'), 12),
    expect.closeTo(meanOf('cup'), 12),
  ]);
  expect(plain.scores.dice!.clusters).toBe(24);
  expect(plain.scores.dice!.interval![0]).toBeLessThan(plain.scores.dice!.mean);
  expect(plain.seedDice).toHaveLength(2);
  expect((plain.seedDice[0] + plain.seedDice[1]) / 2).toBeCloseTo(plain.scores.dice!.mean, 12);
});

test('a better arm is told from an equal one; the reference has no test', () => {
  const { results } = compareRuns(runs);
  const dice = (arm: string) => results.find((r) => r.arm === arm && r.dataset === 'fundus')!.scores.dice!;
  expect(dice('plain').test).toBe(null);
  expect(dice('hyper').test!.difference).toBeGreaterThan(0.07);
  expect(dice('hyper').test!.corrected).toBeLessThan(0.01);
  expect(dice('twin').test!.corrected).toBeGreaterThan(0.05);
  const other = compareRuns(runs, { against: 'hyper' }).results[0].scores.dice!.test!;
  expect(other.difference).toBeCloseTo(-dice('hyper').test!.difference, 12);
});

test('the same runs give the same numbers, in whatever order the seeds come', () => {
  const a = compareRuns(runs);
  expect(compareRuns(runs)).toEqual(a);
  const b = compareRuns([runs[1], runs[0], ...runs.slice(2)]);
  expect(b.results[0].scores.dice!.interval![0]).toBeCloseTo(a.results[0].scores.dice!.interval![0], 12);
});

test('a metric that a run lacks is left out, not guessed', () => {
  const bare = { ...runs[0], cases: runs[0].cases.map(({ hd95: _, ...c }) => c) };
  const [result] = compareRuns([bare, runs[2]]).results;
  expect(Object.keys(result.scores)).toEqual(['dice', 'iou', 'nsd']);
});

test('objects of one class in one case are told apart by their order', () => {
  const two = (dice: number[]) => ({
    ...runs[0],
    cases: dice.map((d) => ({ id: 'a', className: 'nodule', dice: d, iou: d, empty: 'no' as const })),
  });
  const { results } = compareRuns([two([0.2, 0.9]), { ...two([0.3, 0.9]), arm: 'b' }]);
  expect(results[1].scores.dice!.test).toMatchObject({ difference: expect.closeTo(0.05, 12), clusters: 1 });
});

test('an unknown reference arm is refused with the known ones', () => {
  expect(() => compareRuns(runs, { against: 'none' })).toThrow(/'none'.*plain, hyper, twin/);
});
