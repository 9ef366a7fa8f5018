import { expect, test } from 'vitest';
import { extremes } from '../../../src/data/experiment/extremes';

const rows = (dices: number[], empty: 'no' | 'both' = 'no') => dices.map((dice) => ({ dice, empty }));
const dice = (chosen: { dice: number }[]) => chosen.map((r) => r.dice);

test('best and worst in turn', () => {
  expect(dice(extremes(rows([0.1, 0.9, 0.5, 0.7, 0.3]), 4))).toEqual([0.9, 0.1, 0.7, 0.3]);
  expect(dice(extremes(rows([0.1, 0.9, 0.5, 0.7, 0.3]), 3))).toEqual([0.9, 0.1, 0.7]);
});

test('few objects are shown once, empty pairs never', () => {
  expect(dice(extremes(rows([0.1, 0.9, 0.5]), 8))).toEqual([0.9, 0.1, 0.5]);
  expect(extremes(rows([1, 1], 'both'), 3)).toEqual([]);
});
