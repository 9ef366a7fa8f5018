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
