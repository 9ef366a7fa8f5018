import { expect, test } from 'vitest';
import { colourClass, extent, linearScale, px, roundTicks, svg } from '../../../src/cli/report/svg';

test.each([
  [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [0.27, 0.77, [0.3, 0.4, 0.5, 0.6, 0.7]],
  [1, 200, [50, 100, 150, 200]],
  [-3, 2, [-3, -2, -1, 0, 1, 2]],
  [0.001, 0.0033, [0.001, 0.0015, 0.002, 0.0025, 0.003]],
])('round numbers from %d to %d', (low, high, ticks) => {
  expect(roundTicks(low, high, 5)).toEqual(ticks);
});

test('a scale maps its domain on pixels, and a single value to the middle', () => {
  expect([0, 5, 10].map(linearScale([0, 10], 100, 0).at)).toEqual([100, 50, 0]);
  expect(linearScale([3, 3], 0, 10).at(3)).toBe(5);
});

test('the extent of numbers, with a margin; of none 0 to 1', () => {
  expect(extent([3, 1, 2])).toEqual([1, 3]);
  expect(extent([0, 10], 0.1)).toEqual([-1, 11]);
  expect(extent([])).toEqual([0, 1]);
});

test('colours repeat dashed; numbers are short; names are text', () => {
  expect([colourClass(0), colourClass(9)]).toEqual(['c0', 'c1 dashed']);
  expect([px(1.2345), px(3)]).toEqual(['1.2', '3']);
  expect(svg(1, 2, '<"&', '')).toContain('aria-label="&lt;&quot;&amp;"');
});
