import { expect, test } from 'vitest';
import { checkRuns } from '../../../src/cli/report/checkRuns';
import { fakeRun } from './fixture';

const [plain, hyper] = ['plain', 'hyper'].map((arm) => fakeRun(arm, 'fundus', 1, 0.7));

test.each([
  [[], /no runs/],
  [[plain, plain], /two runs of arm 'plain' on fundus with seed 1/],
  [[plain, { ...hyper, tolerance: 1 }], /'hyper' measured NSD within 1 px, 'plain' within 2 px/],
])('runs that cannot stand in one table are refused', (list, message) => {
  expect(() => checkRuns(list)).toThrow(message);
});

test('other seeds, data sets and arms are no repetition', () => {
  expect(() =>
    checkRuns([plain, hyper, { ...plain, seed: 2 }, { ...plain, dataset: 'skin', unit: 'mm' }]),
  ).not.toThrow();
});
