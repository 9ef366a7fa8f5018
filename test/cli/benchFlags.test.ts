import { expect, test } from 'vitest';
import { listed, matching, wholes } from '../../src/cli/benchFlags';

test('workloads are found by patterns, in the order of the table', () => {
  const ids = (text: string) => matching('only', text).map((w) => w.id);
  expect(ids('layernorm')).toEqual(['layernorm']);
  expect(ids('tiny, -1024$')).toEqual(['forward-1024', 'adapters-1024', 'all-1024', 'tiny-adapters', 'tiny-all']);
  expect(() => ids('gelu,relu')).toThrow('--only: no workload is like relu; there are matmul,');
  expect(() => ids('(')).toThrow('--only (: ');
});

test('lists know their names and numbers', () => {
  expect(listed('engines', undefined, ['a', 'b'])).toEqual(['a', 'b']);
  expect(listed('engines', 'b', ['a', 'b'])).toEqual(['b']);
  expect(() => listed('engines', 'c', ['a', 'b'])).toThrow("--engines: there is no 'c'; there are a, b");
  expect(wholes('tokens', '196,1024')).toEqual([196, 1024]);
  expect(() => wholes('tokens', '1,x')).toThrow("--tokens must be whole numbers of at least 1 with commas, got '1,x'");
});
