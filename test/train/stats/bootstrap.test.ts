import { expect, test } from 'vitest';
import { rng } from '../../../src/data/rng';
import { bootstrapMean, bootstrapMeans } from '../../../src/train/stats/bootstrap';

const rows = (values: number[], stratum = 'disc', cluster = (i: number) => `case ${i}`) =>
  values.map((value, i) => ({ cluster: cluster(i), stratum, value }));

test('the same seed gives the same interval, another one nearly the same', () => {
  const r = rng(1, 'values');
  const data = rows(Array.from({ length: 40 }, () => r.uniform()));
  const [a, b, c] = [rng(7), rng(7), rng(8)].map((x) => bootstrapMean(data, x));
  expect(a).toEqual(b);
  expect(a.interval).not.toEqual(c.interval);
  expect(Math.abs(a.interval![0] - c.interval![0])).toBeLessThan(0.02);
});

test('the interval of normal numbers is the one of theory, and covers the true mean in about 95 of 100 samples', () => {
  let covered = 0;
  let width = 0;
  const samples = 300;
  for (let n = 0; n < samples; n++) {
    const r = rng(2, n);
    const { interval } = bootstrapMean(rows(Array.from({ length: 50 }, () => r.normal(0.7, 0.1))), r, 400);
    const [low, high] = interval!;
    width += (high - low) / samples;
    if (low <= 0.7 && 0.7 <= high) covered++;
  }
  expect(width).toBeCloseTo((2 * 1.96 * 0.1) / Math.sqrt(50), 2);
  expect(covered / samples).toBeGreaterThan(0.9);
  expect(covered / samples).toBeLessThan(0.98);
});

test('objects of one patient are resampled together: copies narrow nothing', () => {
  const values = [0.1, 0.4, 0.5, 0.9];
  const alone = bootstrapMean(rows(values), rng(3));
  const copies = [...values, ...values, ...values];
  const clustered = bootstrapMean(
    rows(copies, 'disc', (i) => `case ${i % 4}`),
    rng(3),
  );
  expect(clustered.interval![0]).toBeCloseTo(alone.interval![0], 12);
  expect(clustered.interval![1]).toBeCloseTo(alone.interval![1], 12);
  expect(clustered).toMatchObject({ observations: 12, clusters: 4 });
});

test('every class has the same weight, however many objects it has', () => {
  const data = [...rows([1, 1, 1, 1]), ...rows([0, 0], 'cup')];
  expect(bootstrapMean(data, rng(4)).mean).toBe(0.5);
});

test('a draw without one of the classes does not count: classes of very different height leave the interval narrow', () => {
  const high = rows([0.9, 0.9, 0.9], 'easy', (i) => `easy ${i}`);
  const low = rows([0.1, 0.1, 0.1], 'hard', (i) => `hard ${i}`);
  const { mean, interval } = bootstrapMean([...high, ...low], rng(6));
  expect([mean, ...interval!]).toEqual([0.5, 0.5, 0.5].map((v) => expect.closeTo(v, 12)));
  const rare = Array.from({ length: 12 }, (_, k) => rows([0.5], `class ${k}`, () => `case ${k}`)).flat();
  expect(bootstrapMean(rare, rng(6)).interval).toBe(null);
});

test('several groups are resampled together: as wide as alone, and equal groups get equal intervals', () => {
  const r = rng(9, 'values');
  const values = Array.from({ length: 30 }, () => r.uniform());
  const half = rows(values.slice(0, 15));
  const [a, b, c] = bootstrapMeans([rows(values), rows(values), half], rng(9));
  expect(a).toEqual(b);
  expect(a).toEqual(bootstrapMean(rows(values), rng(9)));
  const alone = bootstrapMean(half, rng(10));
  expect([c.mean, c.clusters, c.observations]).toEqual([alone.mean, 15, 15]);
  expect(c.interval![1] - c.interval![0]).toBeCloseTo(alone.interval![1] - alone.interval![0], 1);
});

test('one case gives no interval, none no mean', () => {
  expect(bootstrapMean(rows([0.5]), rng(5))).toEqual({ mean: 0.5, interval: null, observations: 1, clusters: 1 });
  expect(bootstrapMean([], rng(5))).toEqual({ mean: Number.NaN, interval: null, observations: 0, clusters: 0 });
});
