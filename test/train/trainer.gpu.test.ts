import { expect, test } from 'vitest';
import { type Gpu, openGpu } from '../../src/gpu/device';
import type { Sam } from '../../src/models/sam/sam';
import { readParams, uploadParams } from '../../src/nn/paramsIo';
import { makeTrainer, type StepResult, type Trainer } from '../../src/train/trainer';
import { maskSideOf } from '../../src/train/trainItem';
import { QUICK, tinyBatch, tinyConfig, tinyItem, tinySam, uploadedSam } from './tiny';

const gpu = await openGpu();
const objects = (g: Gpu) => Object.values(g.created).reduce((a, b) => a + b, 0);

/** A fresh model with a trainer. */
async function fresh(changes: Partial<typeof tinyConfig> = {}): Promise<Trainer> {
  return makeTrainer(gpu, await uploadedSam(gpu), { ...tinyConfig, ...changes }, QUICK);
}

/** Steps `from` … `to` − 1, handed over without waiting in between. */
function steps(trainer: Trainer, from: number, to: number): Promise<StepResult[]> {
  return Promise.all(Array.from({ length: to - from }, (_, i) => trainer.run(tinyBatch(from + i))));
}

/** Values on the GPU of everything that does not train. */
function frozenValues(sam: Sam): Promise<Map<string, Float32Array>> {
  const names = sam.params.all().filter((p) => !p.trainable);
  return readParams(
    sam.params,
    gpu,
    names.map((p) => p.name),
  );
}

test('adapters train and nothing else changes', async () => {
  const sam = await uploadedSam(gpu);
  const before = await frozenValues(sam);
  const trainer = await makeTrainer(gpu, sam, tinyConfig, QUICK);
  const start = await trainer.readTrained();
  await steps(trainer, 0, 4);
  expect(await frozenValues(sam)).toEqual(before);
  const trained = await trainer.readTrained();
  expect([...trained.keys()].every((name) => name.includes('_Adapter.'))).toBe(true);
  for (const [name, values] of trained) expect(values, name).not.toEqual(start.get(name));
  expect(trainer.counts.trained).toBe([...trained.values()].reduce((n, v) => n + v.length, 0));
  trainer.destroy();
});

test('training on one item lowers its loss and raises its Dice', async () => {
  const sam = await uploadedSam(gpu, 3, 'decoder');
  const before = await frozenValues(sam);
  const trainer = await makeTrainer(gpu, sam, { ...tinyConfig, lr: 1e-2, warmup: 0 }, QUICK);
  const [first] = await trainer.evaluate([tinyItem(0)]);
  const curve: number[] = [];
  for (let i = 0; i < 30; i++) curve.push((await trainer.run([tinyItem(0)])).loss);
  expect(curve[29]).toBeLessThan(0.7 * curve[0]);
  const [last] = await trainer.evaluate([tinyItem(0)]);
  expect(last.dice).toBeGreaterThan(first.dice + 0.3);
  expect(await frozenValues(sam)).toEqual(before);
  trainer.destroy();
});

test('a step is one submit and creates no GPU object', async () => {
  const trainer = await fresh();
  await steps(trainer, 0, 2);
  const { queue } = gpu.device;
  const submit = queue.submit;
  let submits = 0;
  queue.submit = (buffers) => {
    submits++;
    return submit.call(queue, buffers);
  };
  const created = objects(gpu);
  const bytes = gpu.bytes;
  await steps(trainer, 2, 8);
  queue.submit = submit;
  expect(submits).toBe(6);
  expect(objects(gpu)).toBe(created);
  expect(gpu.bytes).toBe(bytes);
  trainer.destroy();
});

test('two runs with one seed are bit-equal; another seed is not', async () => {
  const [a, b] = [await fresh(), await fresh()];
  const [x, y] = [await steps(a, 0, 6), await steps(b, 0, 6)];
  expect(x).toEqual(y);
  expect(await a.readState()).toEqual(await b.readState());
  const c = await makeTrainer(gpu, await uploadedSam(gpu, 4), tinyConfig, QUICK);
  expect((await steps(c, 0, 1))[0].loss).not.toBe(x[0].loss);
  for (const t of [a, b, c]) t.destroy();
});

test('10 steps, saved, resumed for 10 more = 20 steps, bit for bit', async () => {
  const whole = await fresh();
  const curve = await steps(whole, 0, 20);
  const end = await whole.readState();
  const first = await fresh();
  await steps(first, 0, 10);
  const saved = await first.readState();
  first.destroy();
  const second = await fresh();
  second.writeState(saved);
  expect(second.step).toBe(10);
  expect(await steps(second, 10, 20)).toEqual(curve.slice(10));
  expect(await second.readState()).toEqual(end);
  for (const t of [whole, second]) t.destroy();
});

test('evaluation gives masks and overlaps in the order of the items, whatever the batch', async () => {
  const trainer = await fresh();
  const items = [tinyItem(1), tinyItem(2), tinyItem(3)];
  const together = await trainer.evaluate(items);
  expect(together.map((e) => e.id)).toEqual(['square-1', 'square-2', 'square-3']);
  const [alone] = await trainer.evaluate([items[2]]);
  expect(alone).toEqual(together[2]);
  const side = Math.sqrt(alone.mask.length);
  // Nothing below row 24: there is no image there.
  expect(alone.mask.slice(24 * side).every((v) => v === 0)).toBe(true);
  expect(alone.mask.slice(0, 24 * side).every((v, i) => v === (alone.logits[i] > 0 ? 1 : 0))).toBe(true);
  trainer.destroy();
});

test('evaluation takes prompts of other lengths, masks too, and gives the curve over clicks', async () => {
  const trainer = await fresh();
  const [plain] = await trainer.evaluate([tinyItem(3)]);
  const box = { ...tinyItem(3), points: Float32Array.of(9, 5, 12, 9, 20, 14), labels: Float32Array.of(1, 2, 3) };
  const m = maskSideOf(tinySam());
  const masked = { ...tinyItem(3), maskInput: new Float32Array(m * m).fill(2) };
  for (const item of [box, masked]) expect((await trainer.evaluate([item]))[0].logits).not.toEqual(plain.logits);
  const curve = await trainer.evaluateClicks([tinyItem(3), tinyItem(4), tinyItem(5)], 1);
  expect(curve.map((results) => results.map((r) => r.id))).toEqual(Array(2).fill(['square-3', 'square-4', 'square-5']));
  const size = Math.max(...plain.logits.map(Math.abs));
  expect(Math.max(...plain.logits.map((v, i) => Math.abs(v - curve[0][0].logits[i])))).toBeLessThan(1e-5 * size);
  expect(curve[1][0].logits).not.toEqual(curve[0][0].logits);
  expect(await trainer.evaluate([])).toEqual([]);
  trainer.destroy();
});

test('pixels beyond the image do not matter', async () => {
  const [a, b] = [await fresh(), await fresh()];
  const item = tinyItem(5);
  const dirty = { ...item, image: item.image.slice().fill(255, 3 * 24 * 32), mask: item.mask.slice().fill(1, 24 * 32) };
  expect((await a.run([item])).loss).toBe((await b.run([dirty])).loss);
  for (const t of [a, b]) t.destroy();
});

test('an overflow stops training, names op and module path, and leaves the parameters as they were', async () => {
  const sam = tinySam();
  await uploadParams(sam.params, gpu);
  const trainer = await makeTrainer(gpu, sam, tinyConfig, QUICK);
  const state = await trainer.readState();
  const slot = sam.params.layout().slots.find((s) => s.name === 'image_encoder.blocks.1.MLP_Adapter.D_fc1.weight')!;
  // One large weight a row: x · 3e38 overflows wherever x exceeds 1.13.
  for (let i = slot.offset; i < slot.offset + slot.length; i += 16) state.p[i] = 3e38;
  trainer.writeState(state);
  const bad = trainer.run(tinyBatch(0));
  const next = trainer.run(tinyBatch(1));
  await expect(bad).rejects.toThrow(
    /the loss is NaN at step 1 .*\n.*first bad op: matmul at image_encoder\.blocks\.1\.MLP_Adapter\.D_fc1,.*\n.*square-0/,
  );
  await next.catch(() => {});
  expect((await trainer.readState()).p).toEqual(state.p);
  trainer.destroy();
});

test('a bad weight is told from a bad computation', async () => {
  const sam = tinySam();
  sam.params.setSource('mask_decoder.iou_token.weight', async () => new Float32Array(16).fill(Number.NaN));
  await uploadParams(sam.params, gpu);
  const trainer = await makeTrainer(gpu, sam, tinyConfig, QUICK);
  await expect(trainer.run(tinyBatch(0))).rejects.toThrow(
    /not computed but given: state mask_decoder\.iou_token\.weight/,
  );
  trainer.destroy();
});

test('what does not fit is refused in words', async () => {
  const trainer = await fresh();
  await expect(trainer.run([])).rejects.toThrow('0 items for 2 rows');
  await expect(trainer.run([{ ...tinyItem(0), mask: new Uint8Array(32 * 32) }])).rejects.toThrow(
    /square-0 \(square\): the mask is empty/,
  );
  await expect(trainer.run([{ ...tinyItem(0), mask: new Uint8Array(9) }])).rejects.toThrow(
    'mask has 9 values, expected 1024',
  );
  const outside = { ...tinyItem(0), points: Float32Array.of(5, 40, 0, 0) };
  await expect(trainer.run([outside])).rejects.toThrow('prompt point 0 (5, 40) lies outside the input of 32 × 24');
  const state = await trainer.readState();
  expect(() => trainer.writeState({ ...state, layout: `x@0+4` })).toThrow(
    /belongs to another model or adapter.*x@0\+4/,
  );
  const damaged = { ...state, vectors: { ...state.vectors, m: new Float32Array(3) } };
  expect(() => trainer.writeState(damaged)).toThrow('m has 3 values');
  trainer.destroy();
  const sam = tinySam();
  sam.params.train(() => false);
  await expect(makeTrainer(gpu, sam, tinyConfig, QUICK)).rejects.toThrow('nothing trains');
});

test('limits and memory are checked before anything is made, and the message says what to lower', async () => {
  const sam = await uploadedSam(gpu);
  const limits = { ...gpu.caps.limits, maxStorageBufferBindingSize: 4096 };
  const small: Gpu = { ...gpu, check: () => gpu.check(), caps: { ...gpu.caps, limits } };
  await expect(makeTrainer(small, sam, tinyConfig, QUICK)).rejects.toThrow(
    /allows 4\.00 KiB \(maxStorageBufferBindingSize\)\. Lower the batch/,
  );
  await expect(makeTrainer(gpu, sam, tinyConfig, { ...QUICK, maxBytes: 1000 })).rejects.toThrow(
    /more than the 1000 B allowed/,
  );
});
