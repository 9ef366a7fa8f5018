import { expect, test } from 'vitest';
import { exponentOf, scalingTables, scalingText } from '../../src/cli/benchScaling';

test('the exponent of a power is found, whatever its factor', () => {
  const power = (p: number) => [64, 128, 512, 4096].map((x) => ({ x, y: 0.03 * x ** p }));
  expect(exponentOf(power(1))).toBeCloseTo(1, 10);
  expect(exponentOf(power(1.7))).toBeCloseTo(1.7, 10);
  expect(exponentOf([{ x: 2, y: 5 }])).toBeNaN();
});

test('a sweep says its points and its exponents', () => {
  const points = [1, 2, 4].map((x) => ({ x, ms: 10 * x, peak: 2 ** 20 }));
  const text = scalingText([{ sweep: 'batch', engine: 'ours', points, exponent: 1, lastExponent: 1.25 }]);
  expect(text.split('\n')).toEqual([
    'medsa-lab: adapter step, 196 tokens',
    'batch    ms  most bytes',
    '1      10.0    1.00 MiB',
    '2      20.0    1.00 MiB',
    '4      40.0    1.00 MiB',
    'ms ≈ c · x^1.00 (last three points: 1.25)',
  ]);
});

test('for the record a sweep is a table with a column per point', () => {
  const points = [1, 2].map((x) => ({ x, ms: 10 * x, peak: 2 ** 20 }));
  const [table] = scalingTables([{ sweep: 'width', engine: 'ours', points, exponent: 1, lastExponent: 0.5 }]);
  expect(table.split('\n')).toEqual([
    '### medsa-lab: adapter step, 196 tokens, x^1.00 (last three points 0.50)',
    '',
    '| adapter width | 1 | 2 |',
    '| --- | --: | --: |',
    '| ms | 10.0 | 20.0 |',
    '| most bytes | 1.00 MiB | 1.00 MiB |',
  ]);
});
