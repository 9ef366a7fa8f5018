// The decoder's adapters keep what every adapter must, in every arm; and a prompt has influence on a fixed adapter: it
// changes the generated weights and the mask, without any training step.
import { beforeAll, expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { generatedWeights, weightRows, weightsIn } from '../../src/adapters/generatedWeights';
import { hypAdpt } from '../../src/adapters/hypAdpt';
import { ARMS, type Arm } from '../../src/adapters/promptedBottleneck';
import { grad } from '../../src/autograd/grad';
import { type Gpu, openGpu } from '../../src/gpu/device';
import { samConfig } from '../../src/models/sam/config';
import { makePredictor } from '../../src/models/sam/predictor';
import { type Prompt, packPrompts } from '../../src/models/sam/prompt';
import { buildSam, type Sam } from '../../src/models/sam/sam';
import { capturing } from '../../src/nn/capture';
import { initialValues, normal } from '../../src/nn/init';
import { makeParams } from '../../src/nn/params';
import { uploadParams } from '../../src/nn/paramsIo';
import { mul } from '../../src/ops/pointwise';
import { sum } from '../../src/ops/reduce';
import { compile } from '../../src/plan/compile';
import { readAll } from '../../src/plan/read';
import { constant, input } from '../../src/tensor/tensor';
import { checkAdapter, DECODERS, EFFICIENT_DECODER } from '../harness/checkAdapter';

const pattern = 'mask_decoder.transformer.layers.*';
for (const arm of ARMS) checkAdapter(`hypAdpt, arm ${arm}`, () => hypAdpt({ arm, lp: 5 }), { pattern, on: DECODERS });
checkAdapter(
  'hypAdpt with other widths, one more generated layer and a learnt scale',
  () => hypAdpt({ r: 3, rHyp: 5, lp: 2, k: 3, act: 'gelu', learnScale: true }),
  { pattern, on: DECODERS },
);

checkAdapter('hypAdpt', () => hypAdpt({ lp: 6 }), { pattern, on: [EFFICIENT_DECODER] });

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});

const size = [64, 64] as const;
const click = (x: number, y: number, label = 1): Prompt => ({ points: [[x, y]], labels: [label] });
const here = click(12, 20);
const there = click(50, 41);
const arrays = (...prompts: Prompt[]) => packPrompts(prompts, size, size, [16, 16]);
const largest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i])));

/** A model with an adapter of random values, as after some training, on the GPU. */
async function adapted(arm: Arm): Promise<Sam> {
  const sam = buildSam({ params: makeParams(4) }, samConfig('tiny'));
  attach(sam, hypAdpt({ arm, lp: 8 }));
  for (const p of sam.params.all())
    if (p.adapter) sam.params.setSource(p.name, async () => initialValues(normal(0.3), p.shape, `${p.name}!`, 1));
  await uploadParams(sam.params, gpu);
  return sam;
}

const picture = Float32Array.from({ length: 16 * 4 * 4 }, (_, i) => Math.sin(i * 1.7));

/**
 * Logits of `sam` for the tokens of one click when the adapter is told that p is another's: nothing else differs, so what
 * differs in the mask is the influence of p alone.
 */
async function masksWith(sam: Sam, tokens: Prompt, told: readonly Prompt[]): Promise<Float32Array[]> {
  const embed = (prompt: Prompt) => {
    const { points, labels, tokens: n } = arrays(prompt);
    const given = { points: constant(points, [1, n, 2]), labels: constant(labels, [1, n]), padding: false };
    return sam.prompt_encoder.call(given);
  };
  const imageEmbeddings = constant(picture, [1, 16, 4, 4]);
  const masks = told.map((other) => {
    const asked = { ...embed(tokens), summary: embed(other).summary, imagePe: sam.prompt_encoder.densePe() };
    return sam.mask_decoder.call({ ...asked, imageEmbeddings, multimask: false }).masks;
  });
  return readAll(gpu, masks);
}

for (const arm of ARMS) {
  test(`${arm}: another prompt ${arm === 'none' ? 'changes nothing in' : 'changes'} the adapter's part of the mask`, async () => {
    const [same, other] = await masksWith(await adapted(arm), here, [here, there]);
    if (arm === 'none') expect(largest(same, other)).toBe(0);
    else expect(largest(same, other)).toBeGreaterThan(0.01 * Math.max(...same.map(Math.abs)));
  });
}

for (const arm of ['hyper', 'hyper-token'] as const) {
  test(`${arm}: moving the click changes the generated weights of every block`, async () => {
    const sam = await adapted(arm);
    const [a, b] = [
      await generatedWeights(gpu, sam, arrays(here), picture),
      await generatedWeights(gpu, sam, arrays(there), picture),
    ];
    expect(a.map((w) => `${w.block} ${w.n}`)).toEqual(
      [0, 1].flatMap((i) => [1, 2].map((n) => `mask_decoder.transformer.layers.${i} ${n}`)),
    );
    // IoU token, four mask tokens, the point and its padding.
    for (const w of a) expect(w.shape).toEqual(arm === 'hyper' ? [1, 4, 4] : [1, 7, 4, 4]);
    for (const [i, w] of a.entries()) expect(largest(w.data, b[i].data)).toBeGreaterThan(0.05);
  });
}

test('in a batch every row has the weights of its own prompt, however much it was filled up', async () => {
  const sam = await adapted('hyper');
  const two: Prompt = { points: [...there.points!, [3, 4]], labels: [1, 0] };
  const batch = await generatedWeights(gpu, sam, arrays(two, here));
  const alone = await generatedWeights(gpu, sam, arrays(here));
  for (const [i, w] of batch.entries()) {
    expect(w.shape).toEqual([2, 4, 4]);
    expect(largest(w.data.subarray(16), alone[i].data)).toBeLessThan(1e-5);
    expect(largest(w.data.subarray(0, 16), alone[i].data)).toBeGreaterThan(0.05);
  }
  for (const row of weightRows(batch).filter((r) => r.prompt === 1)) expect(row.fromFirst).toBeGreaterThan(0.05);
});

test('the predictor: several prompts on one embedding give what each gives alone', async () => {
  const predictor = makePredictor(gpu, await adapted('hyper'));
  predictor.setEmbedding(picture, size, size);
  const together = await predictor.predictBatch([here, there], false);
  for (const [i, prompt] of [here, there].entries()) {
    const alone = await predictor.predict(prompt, false);
    expect(largest(together[i].lowRes, alone.lowRes)).toBeLessThan(1e-4);
  }
  expect(largest(together[0].lowRes, together[1].lowRes)).toBeGreaterThan(1e-2);
  predictor.destroy();
});

test('the arm none: there are no generated weights', async () => {
  const sam = await adapted('none');
  expect(await generatedWeights(gpu, sam, arrays(here))).toEqual([]);
  expect(sam.params.all().filter((p) => /HyP_Adapter\.(reduce|gen|norm|prompt|fuse)/.test(p.name))).toEqual([]);
});

test('weights per token need the image', async () => {
  await expect(generatedWeights(gpu, await adapted('hyper-token'), arrays(here))).rejects.toThrow(
    /depend on the image; give its embedding/,
  );
});

test('gradients reach p when, and only when, the prompt encoder trains', async () => {
  const name = 'prompt_encoder.point_embeddings.1.weight';
  const ofBoth = async (train: 'adapters' | readonly string[]) => {
    const sam = buildSam({ params: makeParams(4) }, samConfig('tiny'));
    attach(sam, hypAdpt({ lp: 8 }), pattern, { train });
    await uploadParams(sam.params, gpu);
    const step = await compile(gpu, () => {
      const prompts = { points: input('points', [1, 1, 2]), labels: input('labels', [1, 1]) };
      const { acts } = capturing(() => sam.decode(input('image', [1, 16, 4, 4]), prompts, 'all'));
      const [w] = weightsIn(acts).map((x) => x.tensor);
      const loss = sum(mul(w, w));
      const [gen, point] = grad(loss, [
        sam.params.tensor('mask_decoder.transformer.layers.0.HyP_Adapter.gen.0.weight'),
        sam.params.tensor(name),
      ]);
      return { outputs: { gen, point } };
    });
    step.run({ points: Float32Array.of(12, 20), labels: Float32Array.of(1) });
    const out = [await step.read('gen'), await step.read('point')].map((g) => Math.max(...g.map(Math.abs)));
    step.destroy();
    return { out, trains: sam.params.get(name).trainable };
  };
  const frozen = await ofBoth('adapters');
  expect(frozen.trains).toBe(false);
  expect(frozen.out[0]).toBeGreaterThan(0);
  const trained = await ofBoth(['prompt_encoder.**']);
  expect(trained.trains).toBe(true);
  expect(trained.out[1]).toBeGreaterThan(1e-4);
});
