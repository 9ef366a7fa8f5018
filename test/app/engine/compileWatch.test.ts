import { expect, test } from 'vitest';
import { watchCompiles } from '../../../src/app/engine/compileWatch';

const wait = (ms: number) => new Promise((r) => setTimeout(r, ms));

test('pipelines that are being compiled are counted, those from before are not', async () => {
  const pipelines = new Map<string, Promise<GPUComputePipeline>>([['old', new Promise(() => {})]]);
  const seen: [number, number][] = [];
  const result = await watchCompiles(
    { pipelines },
    (done, total) => seen.push([done, total]),
    async () => {
      let finish = () => {};
      pipelines.set(
        'a',
        new Promise((done) => {
          finish = () => done({} as GPUComputePipeline);
        }),
      );
      const bad = Promise.reject(new Error('does not compile'));
      bad.catch(() => {});
      pipelines.set('b', bad);
      pipelines.set('c', new Promise(() => {}));
      await wait(400);
      finish();
      await wait(400);
      return 'made';
    },
  );
  expect(result).toBe('made');
  expect(seen[0][1]).toBe(3);
  expect(seen[seen.length - 1]).toEqual([2, 3]);
  const count = seen.length;
  await wait(300);
  expect(seen.length).toBe(count);
});
