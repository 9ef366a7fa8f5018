import { expect, test } from 'vitest';
import { secondsLeft, showChange, showCount, showMs, showPercent, showScore, showSeconds } from '../../src/app/format';

test('counts have narrow spaces between thousands', () => {
  expect(showCount(12345678)).toBe('12\u202f345\u202f678');
  expect(showCount(999)).toBe('999');
});

test('percentages show two digits that count', () => {
  expect([0, 0.0816, 0.5, 1.64, 12.3].map(showPercent)).toEqual(['0 %', '0.082 %', '0.50 %', '1.6 %', '12 %']);
});

test('durations show their two largest units', () => {
  expect([0.42, 12.2, 200, 3900].map(showSeconds)).toEqual(['0.4 s', '12 s', '3 min 20 s', '1 h 5 min']);
  expect(showSeconds(59.7)).toBe('1 min 0 s');
  expect(showSeconds(3599.8)).toBe('1 h 0 min');
  expect(showSeconds(Number.NaN)).toBe('–');
  expect([showMs(12.4), showMs(2500)]).toEqual(['12 ms', '2.5 s']);
});

test('scores and changes', () => {
  expect([showScore(0.5), showScore(null), showScore(Number.NaN)]).toEqual(['0.500', '–', '–']);
  expect([showChange(0.5, 0.75), showChange(0.5, 0.25), showChange(0.5, null)]).toEqual(['+0.250', '−0.250', '–']);
});

test('time left follows the pace of the last parts', () => {
  expect(secondsLeft([0], 0, 10)).toBeNull();
  expect(secondsLeft([0, 5000], 1, 10)).toBeNull();
  expect(secondsLeft([0, 1000, 2000], 2, 10)).toBe(8);
  const slowing = [0, ...Array.from({ length: 9 }, (_, i) => 100_000 + i * 1000)];
  expect(secondsLeft(slowing, 9, 19)).toBe(10);
});
