import { expect, test } from 'vitest';
import { logPlot } from '../../src/cli/benchPlot';

const plot = (points: { x: number; y: number }[]) =>
  logPlot({ title: 'Cost', x: 'tokens', y: 'ms', lines: [{ name: 'a < b', points }] });

test('a power is a straight line', () => {
  const drawn = plot([10, 100, 1000].map((x) => ({ x, y: x ** 2 })));
  const [, line] = /<polyline points="([^"]+)"/.exec(drawn)!;
  const [a, b, c] = line.split(' ').map((p) => p.split(',').map(Number));
  expect(b[0]).toBeCloseTo((a[0] + c[0]) / 2, 0);
  expect(b[1]).toBeCloseTo((a[1] + c[1]) / 2, 0);
  expect(c[0]).toBeGreaterThan(a[0]);
  expect(c[1]).toBeLessThan(a[1]);
  expect(drawn).toContain('xmlns="http://www.w3.org/2000/svg"');
  expect(drawn).toContain('a &lt; b');
});

test('numbers without a logarithm are refused', () => {
  expect(() => plot([{ x: 0, y: 1 }])).toThrow('positive');
  expect(() => plot([])).toThrow('nothing to draw');
});
