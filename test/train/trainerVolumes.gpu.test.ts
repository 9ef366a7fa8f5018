// Training on slabs of volumes with SD-Trans and prompts per slice, end to end.
import { expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { hypAdpt } from '../../src/adapters/hypAdpt';
import { sdTrans } from '../../src/adapters/sdTrans';
import { openGpu } from '../../src/gpu/device';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { uploadParams } from '../../src/nn/paramsIo';
import type { Evaluated } from '../../src/train/evaluator';
import { makeTrainer, type Trainer } from '../../src/train/trainer';
import type { TrainItem } from '../../src/train/trainItem';
import { QUICK, SIDE, tinyConfig, tinyItem } from './tiny';

const gpu = await openGpu();

/** A slice of the same volume that the object does not reach: no prompt, and nothing to find. */
function emptyItem(k: number): TrainItem {
  const item = tinyItem(k);
  const ground = item.image.map((v) => (v === 200 ? 45 : v));
  return {
    ...item,
    id: `empty-${k}`,
    image: ground,
    mask: new Uint8Array(SIDE * SIDE),
    labels: Float32Array.of(-1, -1),
  };
}

/** BCE and soft Dice of one slice in float64, over the pixels of its image. */
function lossOf(item: TrainItem, { logits }: Evaluated): number {
  const [h, w] = item.inputSize;
  let [bce, both, sizes] = [0, 0, 0];
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [z, g] = [logits[y * SIDE + x], item.mask[y * SIDE + x]];
      const p = 1 / (1 + Math.exp(-z));
      bce -= Math.log(g ? p : 1 - p) / (h * w);
      both += p * g;
      sizes += p + g;
    }
  }
  return bce + 1 - (2 * both + 1) / (sizes + 1);
}

test('a slab with an empty slice: its target counts in the loss, and the loss falls', async () => {
  const sam = buildSam({ params: makeParams(3) }, samConfig('tiny', { imgSize: SIDE, patchSize: 8 }));
  attach(sam, sdTrans());
  attach(sam, hypAdpt());
  await uploadParams(sam.params, gpu);
  const trainer = await makeTrainer(gpu, sam, { ...tinyConfig, batch: 1, depth: 3, lr: 1e-2 }, QUICK);
  const slab = [tinyItem(0), emptyItem(0), tinyItem(1)];
  const told = await trainer.evaluate(slab);
  expect(told.map((e) => e.id)).toEqual(['square-0', 'empty-0', 'square-1']);
  const want = slab.reduce((n, item, i) => n + lossOf(item, told[i]) / slab.length, 0);
  const losses: number[] = [];
  for (let t = 0; t < 12; t++) losses.push((await trainer.run(slab)).loss);
  expect(losses[0]).toBeCloseTo(want, 5);
  expect(Math.max(...losses.slice(-3))).toBeLessThan(losses[0] - 0.02);
  trainer.destroy();
});

async function volumes(): Promise<Trainer> {
  const sam = buildSam({ params: makeParams(3) }, samConfig('tiny', { imgSize: SIDE, patchSize: 8 }));
  attach(sam, sdTrans());
  await uploadParams(sam.params, gpu);
  return makeTrainer(gpu, sam, { ...tinyConfig, batch: 1, depth: 3 }, QUICK);
}

test('volumes resume exactly, are measured slice by slice, and slices see each other', async () => {
  const slab = (t: number) => [tinyItem(t), tinyItem(t + 1), emptyItem(t + 2)];
  const whole = await volumes();
  const curve = await Promise.all([0, 1, 2, 3].map((t) => whole.run(slab(t))));
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
  const [other] = await whole.evaluate([slab(0)[0], ...slab(7).slice(1)]);
  expect(other.logits).not.toEqual(results[0].logits);
  await expect(whole.run(slab(0).slice(1))).rejects.toThrow('2 items are no whole slabs of 3 slices');
  for (const t of [whole, first, second]) t.destroy();
});
