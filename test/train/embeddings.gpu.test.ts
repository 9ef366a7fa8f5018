import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { samConfig } from '../../src/models/sam/config';
import { buildSam, type Sam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { uploadParams } from '../../src/nn/paramsIo';
import { chooseTrainable } from '../../src/nn/trainable';
import { readLeaf } from '../../src/plan/leaves';
import { encoderIsFrozen, makeEmbeddings } from '../../src/train/embeddings';
import type { TrainConfig } from '../../src/train/trainConfig';
import { makeTrainer } from '../../src/train/trainer';
import { batchArrays, fillBatch, shapeOf } from '../../src/train/trainItem';
import { QUICK, SIDE, tinyConfig, tinyItem, tinySam } from './tiny';

const gpu = await openGpu();

/** A tiny SAM without adapters of which only the decoder trains. */
async function decoderOnly(): Promise<Sam> {
  const sam = buildSam({ params: makeParams(3) }, samConfig('tiny', { imgSize: SIDE, patchSize: 8 }));
  chooseTrainable(sam.params, 'decoder');
  await uploadParams(sam.params, gpu);
  return sam;
}

const items = Array.from({ length: 3 }, (_, k) => tinyItem(k));
const batchOf = (t: number) => [items[t % 3], items[(2 * t + 1) % 3]];

test('the encoder is frozen when nothing that trains reaches the embedding, and nothing moves images', async () => {
  const sam = await decoderOnly();
  const shape = shapeOf(tinyConfig, sam.config);
  expect(encoderIsFrozen(sam, shape, tinyConfig)).toBe(true);
  expect(encoderIsFrozen(sam, { ...shape, depth: 2 }, tinyConfig)).toBe(false);
  const moving = { augment: { ...tinyConfig.augment, flipX: 0.5 } };
  expect(encoderIsFrozen(sam, shape, moving)).toBe(false);
  expect(encoderIsFrozen(tinySam(), shape, tinyConfig)).toBe(false);
});

test('each image is encoded once, whatever batch it comes in, and no more are kept than asked', async () => {
  const sam = await decoderOnly();
  const shape = shapeOf(tinyConfig, sam.config);
  const arrays = batchArrays(shape);
  const store = await makeEmbeddings(gpu, sam, shape, QUICK);
  const length = store.leaf.shape.reduce((n, d) => n * d, 1) / 2;
  const fill = async (of: typeof items, into = store) => {
    fillBatch(arrays, of, shape, sam.config.pixelMean);
    into.fill(of, arrays);
    const both = await readLeaf(gpu, into.leaf);
    return [both.slice(0, length), both.slice(length)];
  };
  const [a, b] = await fill([items[0], items[1]]);
  expect(store.kept).toBe(2);
  expect(a).not.toEqual(b);
  expect(await fill([items[1], items[0]])).toEqual([b, a]);
  const [c] = await fill([items[2], items[0]]);
  expect(store.kept).toBe(3);
  // Images that are kept are not looked at again.
  arrays.image.fill(0);
  store.fill([items[2]], arrays);
  expect((await readLeaf(gpu, store.leaf)).slice(0, length)).toEqual(c);
  const small = await makeEmbeddings(gpu, sam, shape, QUICK, 4 * length);
  expect(await fill([items[0], items[1]], small)).toEqual([a, b]);
  expect(small.kept).toBe(1);
  expect(await fill([items[2], items[1]], small)).toEqual([c, b]);
  // Two rows an image: one embedding for both.
  const twice = { ...shape, prompts: 2 };
  const shared = await makeEmbeddings(gpu, sam, twice, QUICK);
  const rows = [items[0], items[0], items[2], items[2]];
  const four = batchArrays(twice);
  fillBatch(four, rows, twice, sam.config.pixelMean);
  shared.fill(rows, four);
  const pair = await readLeaf(gpu, shared.leaf);
  expect([pair.slice(0, length), pair.slice(length)]).toEqual([a, c]);
  expect(shared.kept).toBe(2);
  const bytes = gpu.bytes;
  for (const s of [store, small, shared]) s.destroy();
  expect(gpu.bytes).toBeLessThan(bytes);
});

test('training with kept embeddings is training with computed ones, and resumes exactly', async () => {
  const made = async (changes: Partial<TrainConfig> = {}) =>
    makeTrainer(gpu, await decoderOnly(), { ...tinyConfig, ...changes }, QUICK);
  const [kept, computed] = [await made(), await made({ keepEmbeddings: false })];
  const run = (t: Awaited<ReturnType<typeof made>>, from: number, to: number) =>
    Promise.all(Array.from({ length: to - from }, (_, i) => t.run(batchOf(from + i))));
  const [a, b] = [await run(kept, 0, 8), await run(computed, 0, 8)];
  a.forEach((r, i) => {
    expect(r.loss).toBeCloseTo(b[i].loss, 4);
  });
  expect(kept.plan.list.some((d) => d.result.path.startsWith('image_encoder'))).toBe(false);
  const first = await made();
  await run(first, 0, 4);
  const second = await made();
  second.writeState(await first.readState());
  expect(await run(second, 4, 8)).toEqual(a.slice(4));
  expect(await second.readState()).toEqual(await kept.readState());
  for (const t of [kept, computed, first, second]) t.destroy();
});
