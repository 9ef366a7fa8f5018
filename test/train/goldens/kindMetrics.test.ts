import { expect, test } from 'vitest';
import { goldenFiles } from '../../../src/cli/goldenFiles';
import { type Computed, type GoldenCase, openCase } from '../../../src/train/goldens/goldenCase';
import { computeMetrics, isMetrics } from '../../../src/train/goldens/kindMetrics';
import { computeReleaseMetrics, isReleaseMetrics } from '../../../src/train/goldens/kindReleaseMetrics';
import { compareByRule, ruleOf } from '../../../src/train/goldens/rule';
import { listShared, needShared, readShared } from '../../harness/shared';

const folder = {
  list: (path: string) => listShared('goldens', path),
  read: (path: string) => readShared('goldens', path),
};

const kinds: [string, (c: GoldenCase) => Computed, typeof isMetrics][] = [
  ['paper-prompts-metrics', computeMetrics, isMetrics],
  ['medsa-metrics', computeReleaseMetrics, isReleaseMetrics],
];

test.for(kinds)('%s: every number within the stated rule', async ([name, compute, matches], context) => {
  await needShared(context, 'goldens');
  const c = await openCase(goldenFiles(folder, name));
  expect(matches(c.info)).toBe(true);
  const checks = compareByRule(c.expected, compute(c), ruleOf(c.info));
  expect(checks.filter((x) => !(x.ratio <= 1))).toEqual([]);
  expect(checks.length).toBe(c.expected.size);
});

test('other numbers and integers that differ by one fail', async () => {
  const array = (dtype: string, ...data: number[]) => ({ dtype, shape: [data.length], data: Float32Array.from(data) });
  const expected = new Map([
    ['f', array('F32', 1000, 0)],
    ['i', array('I64', 3)],
    ['missing', array('U8', 0)],
  ]);
  const rule = ruleOf({
    tolerance: { rule: 'integer tensors exactly; floats max|a-b| <= 1e-5*max(1,|b|)' },
  });
  const ratios = (f: number[], i: number) =>
    compareByRule(
      expected,
      new Map([
        ['f', Float32Array.from(f)],
        ['i', Float32Array.of(i)],
      ]),
      rule,
    ).map((x) => x.ratio);
  expect(ratios([1000.005, 0], 3)[0]).toBeLessThan(1);
  expect(ratios([1000, 2e-5], 4)).toEqual([expect.closeTo(2, 3), Infinity, Infinity]);
  expect(() => ruleOf({ tolerance: { rule: 'about right' } })).toThrow(/'about right' is not understood/);
});
