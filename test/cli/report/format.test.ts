import { expect, test } from 'vitest';
import {
  median,
  showBytes,
  showDifference,
  showEstimate,
  showMs,
  showP,
  showPercent,
  showValue,
} from '../../../src/cli/report/format';

test('scores, distances, intervals', () => {
  expect(showValue(0.8834, 'dice')).toBe('0.883');
  expect(showValue(2.7149, 'hd95')).toBe('2.71');
  expect(showValue(Number.NaN, 'dice')).toBe('–');
  const estimate = { mean: 0.5, interval: [0.4, 0.6] as const, observations: 9, clusters: 9 };
  expect(showEstimate(estimate, 'dice')).toBe('0.500 [0.400, 0.600]');
  expect(showEstimate({ ...estimate, interval: null }, 'dice')).toBe('0.500');
  expect([showDifference(-0.012, 'dice'), showDifference(0.2, 'hd95')]).toEqual(['−0.012', '+0.20']);
});

test('p-values, shares, bytes, times, medians', () => {
  expect([showP(0.0001), showP(0.04), showP(null)]).toEqual(['<0.001', '0.040', '–']);
  expect([showPercent(0), showPercent(0.0825), showPercent(2.06), showPercent(31.1)]).toEqual([
    '0',
    '0.083',
    '2.06',
    '31.1',
  ]);
  expect([showBytes(null), showBytes(512), showBytes(300_000_000)]).toEqual(['–', '512 B', '286 MiB']);
  expect([showMs(41.26), showMs(1234.5), showMs(null)]).toEqual(['41.3', '1235', '–']);
  expect([median([3, 1, 2]), median([4, 1]), median([])]).toEqual([2, 2.5, null]);
});
