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
import { makeTrainer } from '../../src/train/trainer';
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
