import { expect, test } from 'vitest';
import { makeStore } from '../../src/app/store';

test('listeners are told once of several changes, with before and after', async () => {
  const store = makeStore({ a: 1, b: 2 });
  const seen: unknown[] = [];
  store.watch((now, before) => seen.push([now, before]));
  store.set({ a: 3 });
  store.set({ b: 4 });
  expect(store.get()).toEqual({ a: 3, b: 4 });
  expect(seen).toEqual([]);
  await Promise.resolve();
  expect(seen).toEqual([
    [
      { a: 3, b: 4 },
      { a: 1, b: 2 },
    ],
  ]);
});

test('a change made by a listener is told in turn; stopped listeners hear nothing', async () => {
  const store = makeStore({ n: 0 });
  const seen: number[] = [];
  const stop = store.watch(({ n }) => {
    seen.push(n);
    if (n < 3) store.set({ n: n + 1 });
  });
  store.set({ n: 1 });
  await new Promise((r) => setTimeout(r));
  expect(seen).toEqual([1, 2, 3]);
  stop();
  store.set({ n: 9 });
  await new Promise((r) => setTimeout(r));
  expect(seen).toEqual([1, 2, 3]);
});
