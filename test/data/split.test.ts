import { expect, test } from 'vitest';
import { patientGroups, splitByCase } from '../../src/data/split';

const ids = Array.from({ length: 20 }, (_, i) => `case${i}`);

test('parts are disjoint, complete, of the asked size, in the order of the input', () => {
  const { train, val } = splitByCase(ids, { valFraction: 0.25, seed: 1 });
  expect(val).toHaveLength(5);
  expect([...train, ...val].sort()).toEqual([...ids].sort());
  expect(train).toEqual(ids.filter((id) => !val.includes(id)));
});

test('equal by seed, whatever the order of the input; different by seed', () => {
  const val = (order: string[], seed: number) => [...splitByCase(order, { valFraction: 0.25, seed }).val].sort();
  expect(val([...ids].reverse(), 7)).toEqual(val(ids, 7));
  const seeds = new Set([1, 2, 3, 4, 5].map((seed) => val(ids, seed).join()));
  expect(seeds.size).toBeGreaterThan(3);
});

test('cases of one patient stay together', () => {
  const groups = patientGroups(ids.map((id, i) => ({ id, meta: i < 18 ? { patient: i % 6 } : {} })));
  expect(groups.size).toBe(18);
  for (let seed = 0; seed < 20; seed++) {
    const { train, val } = splitByCase(ids, { valFraction: 0.3, seed, groups });
    const patients = (part: readonly string[]) => new Set(part.map((id) => groups.get(id)).filter(Boolean));
    for (const p of patients(val)) expect(patients(train).has(p)).toBe(false);
    expect(Math.abs(val.length - 6)).toBeLessThanOrEqual(1);
  }
});

test('a patient called like a case without one is somebody else', () => {
  const groups = new Map([['a', 'b']]);
  const { train, val } = splitByCase(['a', 'b'], { valFraction: 0.5, seed: 0, groups });
  expect([train.length, val.length]).toEqual([1, 1]);
});

test.each([
  [2, 0.01, 1],
  [2, 0.99, 1],
  [1, 0.5, 0],
  [5, 0, 0],
  [5, 1, 5],
  [0, 0.5, 0],
  [100, 0.2, 20],
])('%i cases at %f: %i validate', (n, valFraction, count) => {
  const some = Array.from({ length: n }, (_, i) => `c${i}`);
  expect(splitByCase(some, { valFraction, seed: 3 }).val).toHaveLength(count);
});

test('a patient with most cases does not empty the training part', () => {
  const groups = new Map([...Array.from({ length: 9 }, (_, i) => [`a${i}`, 'big'] as const), ['b', 'small'] as const]);
  for (let seed = 0; seed < 6; seed++)
    expect(splitByCase([...groups.keys()], { valFraction: 0.2, seed, groups }).val).toEqual(['b']);
});

test('what makes no sense is refused', () => {
  expect(() => splitByCase(ids, { valFraction: 1.5, seed: 0 })).toThrow(/valFraction must be 0\.\.1/);
  expect(() => splitByCase(ids, { valFraction: NaN, seed: 0 })).toThrow(/valFraction/);
  expect(() => splitByCase(['a', 'a'], { valFraction: 0.5, seed: 0 })).toThrow(/twice/);
});
