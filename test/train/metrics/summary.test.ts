import { expect, test } from 'vitest';
import { maskScore } from '../../../src/train/metrics/overlap';
import { summariseScores } from '../../../src/train/metrics/summary';

test('means by class and over all', () => {
  const row = (id: string, className: string, pred: number[], truth: number[]) => ({
    id,
    className,
    ...maskScore(pred, truth),
  });
  const summary = summariseScores([
    row('a', 'disc', [1, 1], [1, 1]),
    row('a', 'cup', [0, 0], [0, 1]),
    row('b', 'disc', [1, 1], [1, 0]),
    row('c', 'disc', [0, 0], [0, 0]),
  ]);
  expect(summary.classes.map((c) => c.className)).toEqual(['disc', 'cup']);
  const [disc, cup] = summary.classes;
  expect(disc).toMatchObject({ n: 3, oneEmpty: 0, bothEmpty: 1 });
  expect(disc.dice).toBeCloseTo((1 + 2 / 3 + 1) / 3, 12);
  expect(disc.iou).toBeCloseTo((1 + 1 / 2 + 1) / 3, 12);
  expect(cup).toMatchObject({ n: 1, dice: 0, iou: 0, oneEmpty: 1 });
  expect(summary.overall).toMatchObject({ n: 4, oneEmpty: 1, bothEmpty: 1 });
  expect(summary.overall.dice).toBeCloseTo((1 + 0 + 2 / 3 + 1) / 4, 12);
  expect(summary.classMean.dice).toBeCloseTo(disc.dice / 2, 12);
  expect(summary.cases).toBe(3);
});

test('without scores there is no mean', () => {
  const { overall, classes, cases } = summariseScores([]);
  expect([overall.n, overall.dice, classes.length, cases]).toEqual([0, NaN, 0, 0]);
});
