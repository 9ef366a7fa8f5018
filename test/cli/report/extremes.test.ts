import { expect, test } from 'vitest';
import { extremes } from '../../../src/cli/report/extremes';
import { fakeRun } from './fixture';

const run = fakeRun('a', 'b', 1, 0.5, { cases: 2 });
const of = (dices: number[], empty: 'no' | 'both' = 'no') => ({
  ...run,
  cases: dices.map((dice, i) => ({ id: `${i}`, className: 'x', dice, iou: dice, empty })),
});
const dice = (rows: { dice: number }[]) => rows.map((r) => r.dice);

test('the best from above, the worst from below', () => {
  const { best, worst } = extremes(of([0.1, 0.9, 0.5, 0.7, 0.3]), 2);
  expect([dice(best), dice(worst)]).toEqual([
    [0.9, 0.7],
    [0.1, 0.3],
  ]);
});

test('few objects are shown once, empty pairs never', () => {
  const { best, worst } = extremes(of([0.1, 0.9, 0.5]), 4);
  expect([dice(best), dice(worst)]).toEqual([[0.9, 0.5], [0.1]]);
  expect(extremes(of([1, 1], 'both'), 3)).toEqual({ best: [], worst: [] });
});
