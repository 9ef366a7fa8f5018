import { expect, test } from 'vitest';
import type { App } from '../../src/app/app';
import { packMask } from '../../src/app/document/runs';
import { statisticsFor } from '../../src/app/objectStatistics';

test('masks are counted once; who asked is told when they are; a failure may be tried again', async () => {
  let calls = 0;
  let fails = true;
  const said: unknown[] = [];
  const app = {
    client: {
      call: async () => {
        calls++;
        if (fails) throw new Error('lost');
        return { voxels: 2, mean: 1, deviation: 0, min: 1, max: 1 };
      },
    },
    control: { report: (e: unknown) => said.push(e) },
  } as unknown as App;
  const masks = new Map([[0, packMask([1, 1])]]);
  const told: string[] = [];
  const ask = () => statisticsFor(app, 'a', masks, () => told.push('now'));
  expect([ask(), ask()]).toEqual([null, null]);
  await new Promise((r) => setTimeout(r, 1));
  expect([calls, said.length, told.length]).toEqual([1, 1, 0]);
  fails = false;
  ask();
  await new Promise((r) => setTimeout(r, 1));
  expect(ask()).toMatchObject({ voxels: 2 });
  expect([calls, told.length]).toEqual([2, 1]);
});
