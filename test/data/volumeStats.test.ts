import { expect, test } from 'vitest';
import { rng } from '../../src/data/rng';
import { mergeStats, percentiles, valueStats } from '../../src/data/volumeStats';

test('values that are no number are counted and left out', () => {
  const data = Float32Array.of(Number.NaN, 1, Number.POSITIVE_INFINITY, 3, Number.NEGATIVE_INFINITY, -1);
  expect(valueStats(data)).toEqual({ min: -1, max: 3, mean: 1, count: 3, nonFinite: 3 });
  expect(valueStats(Float32Array.of(Number.NaN))).toMatchObject({ min: Number.NaN, count: 0, nonFinite: 1 });
  expect(percentiles(data, [0, 50, 100])).toEqual([-1, 1, 3].map((v) => expect.closeTo(v, 3)));
});

test('statistics of parts are those of the whole', () => {
  const all = Float64Array.from({ length: 100 }, (_, i) => Math.sin(i) * i);
  const merged = mergeStats([
    valueStats(all.subarray(0, 7)),
    valueStats(all.subarray(7)),
    valueStats(Float32Array.of(Number.NaN)),
  ]);
  expect(merged).toEqual({ ...valueStats(all), mean: expect.closeTo(valueStats(all).mean, 12), nonFinite: 1 });
  expect(mergeStats([])).toMatchObject({ count: 0, mean: Number.NaN });
});

test('percentiles: whole values exactly as numpy interpolates, others to a 65535th of the range', () => {
  const whole = Int16Array.of(-5, 0, 10, 1000, 3);
  expect(percentiles(whole, [0, 10, 50, 75, 100])).toEqual([-5, -3, 3, 10, 1000]);
  const random = rng(3, 'percentiles');
  const data = Float32Array.from({ length: 5000 }, () => random.normal(50, 20));
  const sorted = [...data].sort((a, b) => a - b);
  for (const p of [0.5, 12.3, 50, 99.5]) {
    const rank = (p / 100) * 4999;
    const want = sorted[Math.floor(rank)] + (sorted[Math.ceil(rank)] - sorted[Math.floor(rank)]) * (rank % 1);
    expect(Math.abs(percentiles(data, [p])[0] - want)).toBeLessThan((sorted[4999] - sorted[0]) / 65535);
  }
  expect(percentiles(data, [50], (v) => v > 60)[0]).toBeGreaterThan(60);
  expect(percentiles(Uint8Array.of(7, 7), [1, 99])).toEqual([7, 7]);
  expect(percentiles(data, [50], () => false)).toEqual([Number.NaN]);
});
