// Adapters of every kind on one model, chosen by path.
import { expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { adapterKind } from '../../src/adapters/all';
import { grad } from '../../src/autograd/grad';
import { openGpu } from '../../src/gpu/device';
import { samConfig } from '../../src/models/sam/config';
import { buildSam, type Sam } from '../../src/models/sam/sam';
import { initialValues, normal } from '../../src/nn/init';
import { makeParams } from '../../src/nn/params';
import { uploadParams } from '../../src/nn/paramsIo';
import { square } from '../../src/ops/pointwise';
import { sum } from '../../src/ops/reduce';
import { compile } from '../../src/plan/compile';
import { readAll } from '../../src/plan/read';
import { constant } from '../../src/tensor/tensor';

const CHOSEN: readonly (readonly [string, string])[] = [
  ['medsa', 'image_encoder.blocks.*'],
  ['lora', 'image_encoder.blocks.0.attn.qkv'],
  ['adalora', 'image_encoder.blocks.1'],
  ['ssf', 'image_encoder.blocks.0.mlp'],
  ['ia3', 'image_encoder.blocks.1'],
  ['bitfit', 'image_encoder.neck'],
  ['lora', 'mask_decoder.transformer.layers.*'],
];

const gpu = await openGpu();
const tiny = () => buildSam({ params: makeParams(4) }, samConfig('tiny'));

function run(sam: Sam) {
  const image = constant(initialValues(normal(40), [1, 3, 64, 64], 'x', 1), [1, 3, 64, 64]);
  const prompt = { points: constant([20, 30], [1, 1, 2]), labels: constant([1], [1, 1]) };
  return sam.call({ image, ...prompt }).masks;
}

test('adapters of every kind sit on one model by path: at first it computes what it did, then all of them learn', async () => {
  const [plain, adapted] = [tiny(), tiny()];
  for (const [name, pattern] of CHOSEN) attach(adapted, adapterKind(name)(), pattern);
  const trained = adapted.params.all().filter((p) => p.trainable);
  expect(new Set(trained.map((p) => p.adapter ?? 'base'))).toEqual(
    new Set(['medsa', 'lora', 'adalora', 'ssf', 'ia3', 'base']),
  );
  expect(trained.flatMap((p) => (p.adapter ? [] : [p.name]))).toEqual([
    'image_encoder.neck.1.bias',
    'image_encoder.neck.3.bias',
  ]);
  await uploadParams(plain.params, gpu);
  await uploadParams(adapted.params, gpu);
  const [[before], [after]] = [await readAll(gpu, [run(plain)]), await readAll(gpu, [run(adapted)])];
  expect(Math.max(...before.map((v, i) => Math.abs(v - after[i])))).toBeLessThan(1e-5);
  // What stands behind a factor of zero has no gradient yet: A of LoRA, A and B of AdaLoRA, Down of Med-SA.
  const starting = /lora_E|D_fc2|ssf_|ia3_|neck/;
  const moved = trained.filter((p) => starting.test(p.name) || (p.adapter === 'lora' && p.name.endsWith('lora_B')));
  const step = await compile(gpu, () => {
    const wrt = moved.map((p) => adapted.params.tensor(p.name));
    const grads = grad(sum(square(run(adapted))), wrt);
    return { outputs: Object.fromEntries(grads.map((g, i) => [moved[i].name, g])) };
  });
  step.run();
  const idle: string[] = [];
  for (const { name } of moved) if ((await step.read(name)).every((x) => x === 0)) idle.push(name);
  step.destroy();
  expect(idle).toEqual([]);
});

test('LoRA and AdaLoRA share names: on one layer the second is refused, and the model stays as it was', () => {
  const sam = tiny();
  attach(sam, adapterKind('lora')());
  const names = sam.params.all().map((p) => p.name);
  expect(() => attach(sam, adapterKind('adalora')())).toThrow(
    /adalora: lora is attached to image_encoder\.blocks\.0\.attn\.qkv already.*choose other layers/,
  );
  expect(sam.params.all().map((p) => p.name)).toEqual(names);
});
