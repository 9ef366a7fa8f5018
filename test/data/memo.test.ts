import { expect, test } from 'vitest';
import { memo } from '../../src/data/memo';

test('the last results are kept, the one unused for longest goes first', () => {
  const made: number[] = [];
  const f = memo(2, (k) => {
    made.push(k);
    return k * 10;
  });
  expect([f(1), f(2), f(1), f(3), f(1), f(2)]).toEqual([10, 20, 10, 30, 10, 20]);
  expect(made).toEqual([1, 2, 3, 2]);
});
