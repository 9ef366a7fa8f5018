import { beforeAll, expect, test } from 'vitest';
import { enlargeMask } from '../../src/data/automaticMask';
import { type Gpu, openGpu } from '../../src/gpu/device';
import { samConfig } from '../../src/models/sam/config';
import { makePredictor, type SamPredictor } from '../../src/models/sam/predictor';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { uploadParams } from '../../src/nn/paramsIo';

let gpu: Gpu;
let predictor: SamPredictor;
const original = [48, 64] as const;
const image = { width: 64, height: 48, data: Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => (i * 37) % 251) };
const largest = (a: Float32Array, b: Float32Array) => Math.max(...a.map((v, i) => Math.abs(v - b[i])));

beforeAll(async () => {
  gpu = await openGpu();
  const sam = buildSam({ params: makeParams(1) }, samConfig('tiny'));
  await uploadParams(sam.params, gpu);
  predictor = makePredictor(gpu, sam);
});

test('without an image, and with one of the wrong size, it says what to do', async () => {
  await expect(predictor.predict({ points: [[1, 1]], labels: [1] })).rejects.toThrow(/no image yet; call setImage/);
  await expect(predictor.setImage(image, [480, 600])).rejects.toThrow(/must come resized to 64 × 51/);
  await expect(predictor.setImage({ ...image, data: image.data.subarray(3) }, original)).rejects.toThrow(/9213 bytes/);
});

test('one plan serves all prompts of a shape, several masks and one; results are at the original size', async () => {
  await predictor.setImage(image, original);
  const three = await predictor.predict({ points: [[10, 20]], labels: [1] });
  const made = gpu.created.pipelines;
  const one = await predictor.predict({ points: [[10, 20]], labels: [1] }, false);
  const other = await predictor.predict({ points: [[50, 9]], labels: [0] });
  expect(gpu.created.pipelines).toBe(made);
  expect([three.n, one.n]).toEqual([3, 1]);
  expect(three.logits.length).toBe(3 * 48 * 64);
  expect(three.lowRes.length).toBe(3 * 16 * 16);
  expect(one.iou.length).toBe(1);
  expect(largest(three.lowRes, other.lowRes)).toBeGreaterThan(1e-3);
  expect([...three.masks.slice(0, 50)]).toEqual([...three.logits.slice(0, 50)].map((v) => (v > 0 ? 1 : 0)));
});

test('a batch gives what its prompts give alone', async () => {
  const prompts = [
    { points: [[10, 20]] as const, labels: [1] },
    { points: [[30, 40]] as const, labels: [0] },
  ];
  const batch = await predictor.predictBatch(prompts);
  const alone = await predictor.predict(prompts[1]);
  expect(largest(batch[1].logits, alone.logits)).toBeLessThan(1e-5);
});

test('a mask input changes the answer; the embedding can be taken out and put back', async () => {
  const box = [5, 5, 40, 40] as const;
  const first = await predictor.predict({ box }, false);
  const refined = await predictor.predict({ box, maskInput: first.lowRes }, false);
  expect(largest(first.lowRes, refined.lowRes)).toBeGreaterThan(1e-4);
  const embedding = await predictor.embedding();
  predictor.setEmbedding(embedding, original, original);
  expect(largest((await predictor.predict({ box }, false)).logits, first.logits)).toBe(0);
});

test('a glance says what a prediction says; small masks enlarged are the masks', async () => {
  const prompt = { points: [[10, 20]] as const, labels: [1] };
  const whole = await predictor.predict(prompt, true);
  let n = 0;
  const iou = await predictor.glance(prompt, true, (logits) => {
    n = logits.n;
  });
  expect([n, largest(iou, whole.iou)]).toEqual([3, 0]);
  const [low] = await predictor.predictLow([prompt, { points: [[50, 9]] as const, labels: [1] }], true);
  expect(low.n).toBe(3);
  expect(largest(low.iou, whole.iou)).toBeLessThan(1e-5);
  const second = enlargeMask(low.lowRes.slice(16 * 16, 2 * 16 * 16), 64, original);
  expect(largest(second, whole.logits.slice(48 * 64, 2 * 48 * 64))).toBeLessThan(1e-4);
});
