import { expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { sdTrans } from '../../src/adapters/sdTrans';
import { type Gpu, openGpu } from '../../src/gpu/device';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { uploadParams } from '../../src/nn/paramsIo';
import { planMemory } from '../../src/plan/memory';
import { largestSlab } from '../../src/train/slab';
import { inferenceSteps, trainingSteps } from '../../src/train/slabSteps';
import { makeTrainer } from '../../src/train/trainer';
import { QUICK, SIDE, tinyBatch, tinyConfig } from './tiny';

const gpu = await openGpu();

function volumeSam() {
  const sam = buildSam({ params: makeParams(3) }, samConfig('tiny', { imgSize: SIDE, patchSize: 8 }));
  attach(sam, sdTrans());
  return sam;
}

test('a trainer of volumes takes the memory that was told before', async () => {
  const sam = volumeSam();
  const before = gpu.bytes;
  await uploadParams(sam.params, gpu);
  const config = { ...tinyConfig, batch: 1, depth: 2 };
  const told = planMemory(trainingSteps(sam, config)(2), gpu.caps, QUICK);
  const trainer = await makeTrainer(gpu, sam, config, QUICK);
  await trainer.run(tinyBatch(0));
  await trainer.evaluate(tinyBatch(0));
  const taken = gpu.bytes - before;
  // Parameters that the steps do not read are there as well, and small buffers for reading back.
  expect(taken).toBeGreaterThanOrEqual(told.total);
  expect(taken - told.total).toBeLessThan(64 * 1024);
  trainer.destroy();
});

test('deeper slabs fit when nothing trains, and shares of a step count what sums them', () => {
  const sam = volumeSam();
  const config = { ...tinyConfig, batch: 1 };
  const question = { caps: gpu.caps, budget: 6 * 2 ** 20, most: 64 };
  const trained = largestSlab({ ...question, steps: trainingSteps(sam, config) });
  const predicted = largestSlab({ ...question, steps: inferenceSteps(sam, config) });
  expect(predicted.depth).toBeGreaterThan(trained.depth);
  expect(trained.depth).toBeGreaterThan(1);
  const [once, several] = [1, 4].map((accumulate) =>
    planMemory(trainingSteps(sam, { ...config, accumulate })(2), gpu.caps),
  );
  expect(several.state - once.state).toBeGreaterThanOrEqual(4 * sam.params.layout().total);
});

test('a trainer whose slabs are too deep says which depth fits', async () => {
  const sam = volumeSam();
  const config = { ...tinyConfig, batch: 1, depth: 9 };
  const limit = planMemory(trainingSteps(sam, config)(4), gpu.caps, QUICK).largest[0].bytes;
  const limits = { ...gpu.caps.limits, maxStorageBufferBindingSize: limit };
  const small: Gpu = { ...gpu, check: () => gpu.check(), caps: { ...gpu.caps, limits } };
  await expect(makeTrainer(small, sam, config, QUICK)).rejects.toThrow(
    /maxStorageBufferBindingSize.*Slabs have 9 slices; up to 4 would fit/s,
  );
});
