import { expect, test } from 'vitest';
import { makeLatest } from '../../src/app/latest';

/** Work whose end the test decides. */
function harness() {
  const started: number[] = [];
  const ends: (() => void)[] = [];
  const busy: boolean[] = [];
  const latest = makeLatest<number>(
    (n) => {
      started.push(n);
      return new Promise((done) => ends.push(done));
    },
    (b) => busy.push(b),
  );
  const end = async () => {
    ends.shift()?.();
    await new Promise((r) => setTimeout(r));
  };
  return { latest, started, busy, end };
}

test('of those that wait only the newest is run, one at a time', async () => {
  const { latest, started, busy, end } = harness();
  for (const n of [1, 2, 3, 4]) latest.request(n);
  expect(started).toEqual([1]);
  expect(latest.busy).toBe(true);
  await end();
  expect(started).toEqual([1, 4]);
  await end();
  expect(latest.busy).toBe(false);
  expect(busy).toEqual([true, false]);
  latest.request(5);
  expect(started).toEqual([1, 4, 5]);
});

test('what waits can be dropped', async () => {
  const { latest, started, end } = harness();
  latest.request(1);
  latest.request(2);
  latest.drop();
  await end();
  expect(started).toEqual([1]);
  expect(latest.busy).toBe(false);
});
