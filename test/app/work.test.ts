import { expect, test } from 'vitest';
import type { Progress } from '../../src/app/protocol';
import { initialState } from '../../src/app/state';
import { makeStore } from '../../src/app/store';
import { makePace, tracked } from '../../src/app/work';

test('time left follows the pace; another kind of work begins anew', () => {
  let now = 0;
  const pace = makePace(() => now);
  expect(pace('a', 0, 10).left).toBeNull();
  now = 1000;
  expect(pace('a', 1, 10).left).toBeNull();
  now = 2000;
  expect(pace('a', 2, 10)).toEqual({ what: 'a', done: 2, total: 10, left: 8 });
  expect(pace('b', 3, 10).left).toBeNull();
});

test('several parts finished at once count each', () => {
  let now = 0;
  const pace = makePace(() => now);
  pace('a', 0, 10);
  now = 4000;
  expect(pace('a', 4, 10).left).toBe(6);
});

test('work is shown while a call runs, and gone when it ends, also badly', async () => {
  const store = makeStore(initialState());
  const progress: Progress = { kind: 'work', what: 'Compiling', done: 1, total: 2 };
  const call = tracked(store, async (on) => {
    on(progress);
    expect(store.get().work).toMatchObject({ what: 'Compiling', done: 1, total: 2 });
    throw new Error('no');
  });
  await expect(call).rejects.toThrow('no');
  expect(store.get().work).toBeNull();
});

test('what comes into the midst of other work gives back the way to stop that, while it goes on', async () => {
  const store = makeStore(initialState());
  const endings: (() => void)[] = [];
  const seen: boolean[] = [];
  const begin = () =>
    tracked(
      store,
      (_, signal) =>
        new Promise<void>((resolve) => {
          endings.push(() => {
            seen.push(signal!.aborted);
            resolve();
          });
        }),
      new AbortController().signal,
    );
  const [outer, inner] = [begin(), begin()];
  endings[1]();
  await inner;
  store.get().stopWork?.();
  endings[0]();
  await outer;
  // The inner one was not stopped, the outer one was.
  expect(seen).toEqual([false, true]);
  expect(store.get().stopWork).toBeNull();
});
