import { afterAll, expect, test, vi } from 'vitest';
import { adalora } from '../../src/adapters/adalora';
import { attach } from '../../src/adapters/adapter';
import { hypAdpt } from '../../src/adapters/hypAdpt';
import { type Gpu, openGpu } from '../../src/gpu/device';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { explainRows } from '../../src/plan/explain';
import { type Outputs, type PlanOptions, planStep } from '../../src/plan/plan';
import { trace } from '../../src/tensor/tensor';
import { stepPlans } from '../../src/train/stepPlans';
import { makeTrainer } from '../../src/train/trainer';
import { SIDE, tinyConfig } from './tiny';

// What the trainer gives to the compiler is all that counts here: it is planned, and nothing is compiled.
vi.mock('../../src/plan/compile', () => ({
  compile: async (gpu: Gpu, build: () => Outputs, options: PlanOptions = {}) => ({
    plan: planStep(trace(build), gpu.caps, options),
    destroy() {},
  }),
}));

const gpu = await openGpu();
afterAll(() => gpu.destroy());

test.each([
  ['hooks of AdaLoRA', adalora({}), 'image_encoder.blocks.*', {}],
  ['a frozen encoder, several batches', hypAdpt({}), 'mask_decoder.transformer.layers.*', { accumulate: 2 }],
  ['slabs in 16 bits', adalora({}), 'image_encoder.blocks.*', { depth: 2, precision: 'packed16' }],
] as const)('what is planned is what a trainer runs: %s', async (_, adapter, pattern, more) => {
  const sam = buildSam({ params: makeParams(3) }, samConfig('tiny', { imgSize: SIDE, patchSize: 8 }));
  const { hooks } = attach(sam, adapter, pattern);
  const parts = { sam, config: { ...tinyConfig, ...more }, hooks: [hooks] };
  const trainer = await makeTrainer(gpu, sam, parts.config, {}, parts.hooks);
  const { graphs, options } = stepPlans(parts, gpu.caps);
  expect(graphs).toHaveLength(parts.config.accumulate);
  const planned = planStep(trace(graphs[0]), gpu.caps, options);
  expect(explainRows(planned)).toEqual(explainRows(trainer.plan));
  expect(planned.bytes).toEqual(trainer.plan.bytes);
  expect(planned.list.length).toBeGreaterThan(50);
  trainer.destroy();
});
