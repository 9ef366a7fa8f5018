import { expect, test } from 'vitest';
import { runLocks } from '../../../src/app/engine/runLocks';
import { fakeLocks } from './fakeLocks';

test('one tab at a time; the other knows, and gets it when it is free', async () => {
  const manager = fakeLocks();
  const [a, b] = [runLocks(manager), runLocks(manager)];
  let end = () => {};
  const work = a.hold('r', () => new Promise<void>((resolve) => (end = resolve)));
  expect(await b.hold('r', async () => 1)).toBeNull();
  expect([[...(await a.elsewhere())], [...(await b.elsewhere())]]).toEqual([[], ['r']]);
  // The holder may do more with it, and others with other runs.
  expect(await a.hold('r', async () => 2)).toEqual({ value: 2 });
  expect(await b.hold('s', async () => 3)).toEqual({ value: 3 });
  end();
  await work;
  expect([await b.hold('r', async () => 4), [...(await b.elsewhere())]]).toEqual([{ value: 4 }, []]);
});

test('what fails lets go; without locks every run is free', async () => {
  const manager = fakeLocks();
  const a = runLocks(manager);
  await expect(a.hold('r', () => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
  expect(await runLocks(manager).hold('r', async () => 1)).toEqual({ value: 1 });
  const none = runLocks(undefined);
  expect([await none.hold('r', async () => 1), [...(await none.elsewhere())]]).toEqual([{ value: 1 }, []]);
});
