import { expect, test } from 'vitest';
import { bandwidthWorks, wave, waves } from '../../src/cli/bandwidthWork';
import { planStep } from '../../src/plan/plan';
import { trace } from '../../src/tensor/tensor';
import { caps } from '../plan/caps';

test('waves repeat wave beyond its period', () => {
  const all = waves(3, 150_000);
  for (const i of [0, 1, 65_520, 65_521, 131_042, 149_999]) expect(all[i]).toBe(wave(3, i));
});

test('every kernel that is measured is one dispatch, sums and the softmax with its gradient two', () => {
  const counts = bandwidthWorks(2 ** 20).map((w) => {
    const { list } = planStep(trace(w.build), caps);
    return [w.name, list.length];
  });
  const several = counts.filter(([, n]) => n !== 1);
  expect(counts.length).toBeGreaterThan(8);
  expect(several).toEqual([
    ['softmax and its gradient', 2],
    ['sum of squares', 2],
  ]);
});
