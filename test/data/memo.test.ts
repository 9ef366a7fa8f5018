import { expect, test } from 'vitest';
import { memo, memoPool } from '../../src/data/memo';

test('results are kept within the bytes of the pool, for all memos together; the one unused for longest goes first', () => {
  const pool = memoPool(20);
  const made: string[] = [];
  const memoOf = (name: string) =>
    memo(pool, 10, (k) => {
      made.push(name + k);
      return { k };
    });
  const [a, b] = [memoOf('a'), memoOf('b')];
  const first = a(1);
  b(1);
  expect(a(1)).toBe(first);
  b(2); // b(1) goes
  expect(a(1)).toBe(first);
  expect(pool.used).toBe(20);
  b(1); // b(2) goes
  b(2);
  expect(made).toEqual(['a1', 'b1', 'b2', 'b1', 'b2']);
  expect(pool.kept.size).toBe(2);
});

test('what is larger than the pool is made and kept until the next', () => {
  const pool = memoPool(5);
  const f = memo(pool, 10, (k) => ({ k }));
  expect(f(3)).toBe(f(3));
  f(4);
  expect(pool.used).toBe(10);
});
