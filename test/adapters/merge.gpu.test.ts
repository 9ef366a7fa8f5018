import { expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { bitfit } from '../../src/adapters/bitfit';
import { ia3 } from '../../src/adapters/ia3';
import { lora } from '../../src/adapters/lora';
import { medsa } from '../../src/adapters/medsa';
import { foldedParams, mergedState } from '../../src/adapters/merge';
import { ssf } from '../../src/adapters/ssf';
import { openGpu } from '../../src/gpu/device';
import { samConfig } from '../../src/models/sam/config';
import { buildSam, type Sam } from '../../src/models/sam/sam';
import { initialValues, normal } from '../../src/nn/init';
import { makeParams } from '../../src/nn/params';
import { uploadParams } from '../../src/nn/paramsIo';
import { readAll } from '../../src/plan/read';
import { constant } from '../../src/tensor/tensor';

const gpu = await openGpu();
const shape = [1, 3, 64, 64];
const encoded = async (sam: Sam) =>
  (await readAll(gpu, [sam.image_encoder.call(constant(initialValues(normal(1), shape, 'x', 1), shape))]))[0];

const tiny = () => buildSam({ params: makeParams(4) }, samConfig('tiny'));

test('several adapters on the same layers are folded from the inside out', async () => {
  const adapted = tiny();
  const attachments = [lora({ targets: 'q,v,lin2' }), ssf(), ia3(), bitfit()].map((a) => attach(adapted, a));
  for (const p of adapted.params.all())
    if (p.trainable) adapted.params.setSource(p.name, async () => initialValues(normal(0.4), p.shape, p.name, 9));
  await uploadParams(adapted.params, gpu);
  const state = await mergedState(gpu, adapted.params, attachments);
  const plain = tiny();
  expect([...state.keys()]).toEqual(plain.params.all().map((p) => p.name));
  for (const p of plain.params.all()) plain.params.setSource(p.name, async () => state.get(p.name)!);
  await uploadParams(plain.params, gpu);
  const [want, got] = [await encoded(adapted), await encoded(plain)];
  const largest = Math.max(...want.map(Math.abs));
  expect(Math.max(...want.map((v, i) => Math.abs(v - got[i])))).toBeLessThan(1e-5 * largest);
});

test('an adapter that is no change of weights is named', () => {
  const sam = tiny();
  const done = attach(sam, medsa());
  expect(() => foldedParams(sam.params, [done])).toThrow(
    /merge: medsa at image_encoder\.blocks\.0\.space_attn is more/,
  );
});

test('without anything to fold the state is that of the base, trained biases included', async () => {
  const sam = tiny();
  const done = attach(sam, bitfit());
  const name = 'image_encoder.blocks.0.mlp.lin1.bias';
  sam.params.setSource(name, async () => new Float32Array(64).fill(2));
  await uploadParams(sam.params, gpu);
  expect((await mergedState(gpu, sam.params, [done])).get(name)).toEqual(new Float32Array(64).fill(2));
});
