import { expect, test } from 'vitest';
import { parseRun } from '../../../src/app/configs';
import { makeRunData, phantomObjects } from '../../../src/app/engine/phantomItems';

test('the optic disc contains the cup', () => {
  const [disc, cup] = phantomObjects('fundus', 5, 0, 64);
  expect([disc.className, cup.className]).toEqual(['optic disc', 'optic cup']);
  expect(cup.mask.every((v, i) => v <= disc.mask[i])).toBe(true);
  expect(disc.mask.length).toBe(64 * 64);
});

test('held-out images are none of the training images, and have fixed prompts', async () => {
  const config = parseRun({ data: 'ultrasound', images: 3, heldOut: 2 });
  const reports: number[] = [];
  const a = await makeRunData(config, 32, (done, total) => reports.push(done / total));
  expect([a.train.length, a.heldOut.length]).toEqual([3, 2]);
  expect(reports).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
  const ids = new Set(a.train.map((t) => t.id));
  expect(a.heldOut.some((h) => ids.has(h.item.id))).toBe(false);
  const b = await makeRunData({ ...config, seed: 2 }, 32, () => {});
  expect(b.heldOut.map((h) => [...h.item.points])).toEqual(a.heldOut.map((h) => [...h.item.points]));
  expect(b.train[0].id).not.toBe(a.train[0].id);
});

test('all three kinds can be mixed, and drawing can be stopped', async () => {
  const config = parseRun({ data: 'all', images: 1, heldOut: 1 });
  const { train, heldOut } = await makeRunData(config, 32, () => {});
  expect(new Set(heldOut.map((h) => h.modality)).size).toBe(3);
  expect(train).toHaveLength(4);
  const stop = () => {
    throw new Error('enough');
  };
  await expect(makeRunData(config, 32, stop)).rejects.toThrow('enough');
});
