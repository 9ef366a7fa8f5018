import { expect, test } from 'vitest';
import { showVariants } from '../../src/cli/goldenVariants';
import { makeCheck } from '../../src/train/goldens/check';
import type { CaseResult } from '../../src/train/goldens/runGoldenCase';

const result = (state: CaseResult['state'], ...errors: number[]): CaseResult => ({
  name: 'a',
  kind: 'k',
  state,
  checks: errors.map((e) => makeCheck('grad.w', e, 1)),
  unknown: [],
  error: null,
});

test('a line per variant: how many passed, and the worst ratio', () => {
  const text = showVariants([
    { variant: 'packed16', results: [result('passed', 0.25, 0.5), result('failed', 2)] },
    { variant: 'kernel naive', results: [result('passed')] },
  ]);
  const [head, first, second] = text.split('\n').map((l) => l.trim().split(/\s{2,}/));
  expect(head).toEqual(['variant', 'passed', 'forward', 'gradient', 'step']);
  expect(first).toEqual(['packed16', '1/2', '–', '2.00', '–']);
  expect(second).toEqual(['kernel naive', '1/1', '–', '–', '–']);
});
