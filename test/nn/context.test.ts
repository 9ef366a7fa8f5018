import { expect, test } from 'vitest';
import { context, contextKey, DEPTH, provide } from '../../src/nn/context';

test('the innermost provider holds, and afterwards the one outside it again', () => {
  expect(context(DEPTH)).toBe(1);
  const seen = provide(DEPTH, 4, () => [context(DEPTH), provide(DEPTH, 2, () => context(DEPTH)), context(DEPTH)]);
  expect(seen).toEqual([4, 2, 4]);
  expect(context(DEPTH)).toBe(1);
});

test('a value that is undefined or null is a value, and an error inside leaves nothing behind', () => {
  const key = contextKey<string | null>('name', 'fallback');
  expect(provide(key, null, () => context(key))).toBeNull();
  expect(() =>
    provide(key, 'x', () => {
      throw new Error('inside');
    }),
  ).toThrow('inside');
  expect(context(key)).toBe('fallback');
});
