import { expect, test } from 'vitest';
import { compareByRule, ruleOf } from '../../../src/train/goldens/rule';

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
