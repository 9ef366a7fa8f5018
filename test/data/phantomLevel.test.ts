import { expect, test } from 'vitest';
import { factorOf, spread, USUAL_LEVEL } from '../../src/data/phantomLevel';

test('a factor is its easy value at 0, its hard value at 1, and exactly 1 at the usual level', () => {
  expect([0, 0.25, USUAL_LEVEL, 0.75, 1].map((level) => factorOf(level)(0.5, 3))).toEqual([0.5, 0.75, 1, 2, 3]);
  for (const easy of [0.1, 0.3, 1.15, 1.7]) expect(factorOf(USUAL_LEVEL)(easy, 0.7)).toBe(1);
  for (const level of [-0.1, 1.1, Number.NaN])
    expect(() => factorOf(level)).toThrow(`level must be 0 (easy) to 1 (hard), got ${level}`);
});

test('spread moves from a centre, and by 1 keeps every bit', () => {
  expect([spread(3, 1, 2), spread(3, 1, 0.5)]).toEqual([5, 2]);
  expect(spread(0.1, 0.7, 1)).toBe(0.1);
});
