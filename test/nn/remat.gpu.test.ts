import { expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { medsa } from '../../src/adapters/medsa';
import { grad } from '../../src/autograd/grad';
import { openGpu } from '../../src/gpu/device';
import { samConfig } from '../../src/models/sam/config';
import { buildSam, type Sam } from '../../src/models/sam/sam';
import { provide } from '../../src/nn/context';
import { makeParams } from '../../src/nn/params';
import { REMAT, remat } from '../../src/nn/remat';
import { square } from '../../src/ops/pointwise';
import { mean } from '../../src/ops/reduce';
import { compile } from '../../src/plan/compile';
import { planStep } from '../../src/plan/plan';
import { input, trace } from '../../src/tensor/tensor';
import { trainingGraph } from '../../src/train/trainGraph';
import { shapeOf } from '../../src/train/trainItem';
import { trainLeaves } from '../../src/train/trainLeaves';
import { QUICK, SIDE, tinyConfig, tinySam, uploadedSam } from '../train/tiny';

const gpu = await openGpu();
const planned = (sam: Sam, how: 'none' | 'blocks') => {
  const config = { ...tinyConfig, remat: how };
  const parts = { sam, shape: shapeOf(config, sam.config), config, hooks: [] };
  return planStep(
    trace(() => trainingGraph(parts, trainLeaves(config, sam.params.layout().total))),
    gpu.caps,
  );
};

test('gradients of an encoder whose parameters all train are bit-equal with remat', async () => {
  const sam = await uploadedSam(gpu, 3, 'all');
  remat(sam);
  const names = sam.params.layout().slots.map((s) => s.name);
  const trained = names.filter((n) => n.startsWith('image_encoder'));
  const image = Float32Array.from({ length: 3 * SIDE * SIDE }, (_, i) => (i * 7919) % 256);
  const results: Float32Array[][] = [];
  for (const on of [false, true]) {
    const build = () => {
      const y = sam.encode(input('image', [1, 3, SIDE, SIDE]));
      const grads = grad(
        mean(square(y)),
        trained.map((n) => sam.params.tensor(n)),
      );
      return { outputs: Object.fromEntries([y, ...grads].map((g, i) => [`${i}`, g])) };
    };
    const step = await compile(gpu, () => provide(REMAT, on, build), QUICK);
    step.run({ image });
    results.push(await Promise.all([...step.plan.outputs.keys()].map((k) => step.read(k))));
    step.destroy();
  }
  expect(results[1]).toEqual(results[0]);
  expect(results[0].filter((g) => g.some((x) => x !== 0)).length).toBeGreaterThan(trained.length / 2);
});

const deep = (pattern: string): Sam => {
  const sam = buildSam({ params: makeParams(3) }, samConfig('tiny', { imgSize: SIDE, patchSize: 4, depth: 8 }));
  attach(sam, medsa(), pattern);
  return sam;
};

test('blocks keep their inputs and nothing else', () => {
  const sam = deep('image_encoder.blocks.*');
  const [kept, again] = [planned(sam, 'none'), planned(sam, 'blocks')];
  expect(again.bytes.peakLive).toBeLessThan(0.5 * kept.bytes.peakLive);
  expect(again.bytes.planned).toBeLessThan(0.5 * kept.bytes.planned);
});

test('a frozen prefix is computed once', () => {
  const sam = deep('image_encoder.blocks.7');
  const count = (how: 'none' | 'blocks', k: number) =>
    planned(sam, how).list.filter((d) => d.result.path.startsWith(`image_encoder.blocks.${k}`)).length;
  for (const k of [0, 6]) expect(count('blocks', k)).toBe(count('none', k));
  expect(count('blocks', 7)).toBeGreaterThan(count('none', 7));
});

test('any modules can be chosen; a wrapped one is not wrapped again', () => {
  const sam = tinySam();
  expect(remat(sam, 'image_encoder.blocks.*.mlp')).toEqual([
    'image_encoder.blocks.0.mlp',
    'image_encoder.blocks.1.mlp',
  ]);
  remat(sam);
  remat(sam);
  expect(sam.image_encoder.blocks[0].wrapped()).toEqual(['remat']);
  expect(() => remat(sam, 'image_encoder.block.*')).toThrow(/near names: image_encoder\.blocks/);
});
