// Slabs of volumes as batches: rows b·D + d, slices without the object, exact resume, results per slice.
import { expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { sdTrans } from '../../src/adapters/sdTrans';
import { openGpu } from '../../src/gpu/device';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { uploadParams } from '../../src/nn/paramsIo';
import { makeTrainer, type Trainer } from '../../src/train/trainer';
import type { TrainItem } from '../../src/train/trainItem';
import { QUICK, SIDE, tinyConfig, tinyItem, uploadedSam } from './tiny';

const gpu = await openGpu();
const DEPTH = 3;
const config = { ...tinyConfig, batch: 1, depth: DEPTH };

/** A slice without the object: an empty target that counts, and no point. */
const without = (k: number): TrainItem => ({
  ...tinyItem(k),
  id: `empty-${k}`,
  mask: new Uint8Array(SIDE * SIDE),
  points: new Float32Array(4),
  labels: Float32Array.of(-1, -1),
});
const slab = (t: number) => [tinyItem(t), tinyItem(t + 1), without(t + 2)];

async function volumes(): Promise<Trainer> {
  const sam = buildSam({ params: makeParams(3) }, samConfig('tiny', { imgSize: SIDE, patchSize: 8 }));
  attach(sam, sdTrans());
  await uploadParams(sam.params, gpu);
  return makeTrainer(gpu, sam, config, QUICK);
}

test('volumes train and resume exactly, and are measured slice by slice', async () => {
  const whole = await volumes();
  const curve = await Promise.all([0, 1, 2, 3].map((t) => whole.run(slab(t))));
  expect(curve.every((r) => r.loss > 0 && r.norm > 0)).toBe(true);
  const end = await whole.readState();
  const first = await volumes();
  await Promise.all([0, 1].map((t) => first.run(slab(t))));
  const second = await volumes();
  second.writeState(await first.readState());
  expect(await Promise.all([2, 3].map((t) => second.run(slab(t))))).toEqual(curve.slice(2));
  expect(await second.readState()).toEqual(end);
  const results = await whole.evaluate([...slab(0), ...slab(7)]);
  expect(results.map((r) => r.id)).toEqual(['square-0', 'square-1', 'empty-2', 'square-7', 'square-8', 'empty-9']);
  expect(results.every((r) => r.logits.length === SIDE * SIDE)).toBe(true);
  expect(results[2].truth).toBe(0);
  // Slices see each other: with another neighbour a slice has other logits.
  const [other] = await whole.evaluate([slab(0)[0], ...slab(7).slice(1)]);
  expect(other.logits).not.toEqual(results[0].logits);
  await expect(whole.run(slab(0).slice(1))).rejects.toThrow('2 items are no whole slabs of 3 slices');
  for (const t of [whole, first, second]) t.destroy();
});

test('an empty slice counts: the loss is the mean over its own and the others', async () => {
  const sam = await uploadedSam(gpu);
  const flat = await makeTrainer(gpu, sam, config, QUICK);
  const items = slab(0);
  const loss = async (of: TrainItem[]) => {
    const start = await flat.readState();
    const result = await flat.run(of);
    await flat.readState();
    flat.writeState(start);
    return result.loss;
  };
  // Med-SA's adapters do not mix slices, so a slab of one slice three times is that slice.
  const each: number[] = [];
  for (const item of items) each.push(await loss([item, item, item]));
  expect(await loss(items)).toBeCloseTo((each[0] + each[1] + each[2]) / 3, 5);
  expect(each[2]).toBeGreaterThan(0);
  flat.destroy();
});
