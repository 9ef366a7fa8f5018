import { expect, test } from 'vitest';
import { rng } from '../../../src/data/rng';
import { holm, pairedPermutation } from '../../../src/train/stats/permutation';

const rows = (values: number[], seed = '') =>
  values.map((value, i) => ({ cluster: `case ${i}`, stratum: 'disc', key: 'only', value, seed }));

test('few cases: the exact share of exchanges', () => {
  // Differences 1, 2, 3: of 8 sign patterns only +++ and −−− reach 6.
  expect(pairedPermutation(rows([1, 2, 3]), rows([0, 0, 0]), rng(1))).toEqual({
    difference: 2,
    p: 2 / 8,
    clusters: 3,
    exact: true,
  });
  // 0.3 − 0.1 and 0.2 + 0.0 differ by rounding only; the tie must count.
  expect(pairedPermutation(rows([0.1, 0.2, -0.3]), rows([0, 0, 0]), rng(1)).p).toBe(1);
});

test('equal arms: p is 1; no common case: no p', () => {
  expect(pairedPermutation(rows([0.5, 0.6]), rows([0.5, 0.6]), rng(1))).toMatchObject({ difference: 0, p: 1 });
  const other = rows([1]).map((r) => ({ ...r, cluster: 'elsewhere' }));
  expect(pairedPermutation(rows([1]), other, rng(1))).toMatchObject({ p: null, clusters: 0 });
});

test('many cases: drawn exchanges agree with the exact share, seeded', () => {
  const r = rng(2, 'pairs');
  const [a, b] = [0, 1].map(() => Array.from({ length: 16 }, () => r.uniform()));
  const exact = pairedPermutation(rows(a), rows(b), rng(3));
  expect(exact.exact).toBe(true);
  // A case without a difference changes no share, but makes 17 of them.
  const drawn = () => pairedPermutation(rows([...a, 0.5]), rows([...b, 0.5]), rng(4));
  expect(drawn()).toEqual(drawn());
  expect(drawn().exact).toBe(false);
  expect(Math.abs(drawn().p! - exact.p!)).toBeLessThan(0.02);
});

test('where arms are equal, p is below 0.05 in about 5 of 100 samples', () => {
  let small = 0;
  for (let n = 0; n < 400; n++) {
    const r = rng(5, n);
    const [a, b] = [0, 1].map(() => Array.from({ length: 12 }, () => r.normal()));
    if (pairedPermutation(rows(a), rows(b), r).p! < 0.05) small++;
  }
  expect(small / 400).toBeGreaterThan(0.02);
  expect(small / 400).toBeLessThan(0.09);
});

test('seeds of one object are averaged, objects of a patient change places together', () => {
  const a = [...rows([1, 2, 3]), ...rows([3, 4, 5])];
  expect(pairedPermutation(a, rows([0, 0, 0]), rng(1))).toMatchObject({ difference: 3, p: 2 / 8, clusters: 3 });
  const one = (values: number[]) => rows(values).map((r, i) => ({ ...r, cluster: 'patient', key: `${i}` }));
  expect(pairedPermutation(one([1, 2, 3]), one([0, 0, 0]), rng(1))).toMatchObject({ p: 1, clusters: 1 });
});

test('Holm multiplies the least by the number of comparisons, and keeps the order', () => {
  expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
  expect(holm([0.01, null, 0.9])).toEqual([0.02, null, 0.9]);
  expect(holm([0.6, 0.7])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});
