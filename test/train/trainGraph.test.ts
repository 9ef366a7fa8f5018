import { expect, test } from 'vitest';
import type { Caps } from '../../src/gpu/device';
import { samConfig } from '../../src/models/sam/config';
import { buildSam, Sam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { chooseTrainable, type Trainable } from '../../src/nn/trainable';
import { planStep } from '../../src/plan/plan';
import { trace } from '../../src/tensor/tensor';
import type { TrainConfig } from '../../src/train/trainConfig';
import { evaluationGraph, gradientGraph, trainingGraph, updateGraph } from '../../src/train/trainGraph';
import { shapeOf } from '../../src/train/trainItem';
import { trainLeaves } from '../../src/train/trainLeaves';
import { SIDE, tinyConfig, tinySam } from './tiny';

const limits = {
  maxBufferSize: 2 ** 28,
  maxStorageBufferBindingSize: 2 ** 28,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupsPerDimension: 65535,
  minStorageBufferOffsetAlignment: 256,
};
const caps: Caps = { vendor: 'test', architecture: '', description: '', features: [], limits };

/** A tiny SAM without adapters of which only the decoder trains. */
function decoderOnly(): Sam {
  const sam = buildSam({ params: makeParams(3) }, samConfig('tiny', { imgSize: SIDE, patchSize: 8 }));
  chooseTrainable(sam.params, 'decoder');
  return sam;
}

/** Dispatches of training and of evaluation below a path. */
function plans(model: Sam | Trainable, below: string, changes: Partial<TrainConfig> = {}) {
  const sam = model instanceof Sam ? model : tinySam(3, model);
  const config = { ...tinyConfig, ...changes };
  const parts = { sam, shape: shapeOf(config, sam.config), config, hooks: [] };
  const leaves = trainLeaves(config, sam.params.layout().total);
  const make = config.accumulate > 1 ? gradientGraph : trainingGraph;
  const training = planStep(
    trace(() => make(parts, leaves)),
    caps,
  );
  const evaluation = planStep(
    trace(() => evaluationGraph(sam, parts.shape, config)),
    caps,
  );
  const count = (p: typeof training) => p.list.filter((d) => d.result.path.startsWith(below)).length;
  return { training, evaluation, counts: [count(training), count(evaluation)], parts, leaves };
}

test('no dead work: nothing runs backward below the first thing that trains', () => {
  const decoder = plans(decoderOnly(), 'image_encoder');
  expect(decoder.counts[0]).toBe(decoder.counts[1]);
  const adapters = plans('adapters', 'image_encoder.patch_embed');
  expect(adapters.counts[0]).toBe(adapters.counts[1]);
  const all = plans('all', 'image_encoder.patch_embed');
  expect(all.counts[0]).toBeGreaterThan(all.counts[1]);
});

test('no dead work: clicks and mask prompts of correction rounds are computed once and have no gradient', () => {
  const { training, counts } = plans('adapters', 'prompt_encoder', { rounds: 2 });
  expect(training.list.filter((d) => d.op === 'nextClick').length).toBe(2);
  expect(counts[0]).toBe(counts[1]);
});

test('the IoU head is left out unless its loss is asked for', () => {
  const head = (iouWeight: number) => plans('adapters', 'mask_decoder.iou_prediction_head', { iouWeight }).counts[0];
  expect(head(0)).toBe(0);
  expect(head(1)).toBeGreaterThan(0);
});

test('sums over batches: the update is small and needs no batch', () => {
  const { parts, leaves, training } = plans('adapters', '', { accumulate: 2 });
  const update = planStep(
    trace(() => updateGraph(parts, leaves)),
    caps,
  );
  expect(update.inputs.map((t) => t.leaf!.name)).toEqual(['hyper']);
  expect(update.list.length).toBeLessThan(12);
  expect(training.list.filter((d) => d.op === 'adam').length).toBe(0);
});

test('nothing that trains is refused in words', () => {
  const sam = tinySam();
  sam.params.train(() => false);
  const parts = { sam, shape: shapeOf(tinyConfig, sam.config), config: tinyConfig, hooks: [] };
  expect(() => trace(() => trainingGraph(parts, trainLeaves(tinyConfig, 0)))).toThrow('nothing trains');
});
