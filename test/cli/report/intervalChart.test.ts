import { expect, test } from 'vitest';
import { compareRuns } from '../../../src/cli/report/comparison';
import { intervalChart } from '../../../src/cli/report/intervalChart';
import { fakeRun } from './fixture';

const c = compareRuns([
  fakeRun('plain', 'fundus', 1, 0.7),
  fakeRun('plain', 'fundus', 2, 0.72),
  fakeRun('an arm whose name is much too long for a chart', 'fundus', 1, 0.8),
]);

test('a dot and a whisker per arm, seeds where there are several, the reference as a line, long names cut', () => {
  const text = intervalChart(c, 'fundus', new Map());
  expect(text.match(/class="whisker"/g)).toHaveLength(2);
  expect(text.match(/class="seed"/g)).toHaveLength(2);
  expect(text.match(/class="reference"/g)).toHaveLength(1);
  expect(text).toContain('>an arm whose name is much too…</text>');
  expect(text).toContain('<title>an arm whose name is much too long for a chart: 0.');
  expect(text).not.toMatch(/NaN|Infinity|undefined/);
});

test('one case has no whisker; an unknown data set no chart', () => {
  const one = compareRuns([fakeRun('plain', 'fundus', 1, 0.7, { cases: 2, classes: ['a', 'b'] })]);
  expect(intervalChart(one, 'fundus', new Map())).toContain('whisker');
  const run = fakeRun('plain', 'fundus', 1, 0.7, { cases: 2 });
  const single = compareRuns([{ ...run, cases: run.cases.slice(0, 1) }]);
  expect(intervalChart(single, 'fundus', new Map())).not.toContain('whisker');
  expect(intervalChart(c, 'elsewhere', new Map())).toBe('');
});
