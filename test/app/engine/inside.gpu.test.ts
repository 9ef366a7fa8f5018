// What is shown of a model's inside, against the same graph read in another way.
import { expect, test } from 'vitest';
import { attach } from '../../../src/adapters/adapter';
import { generatedWeights } from '../../../src/adapters/generatedWeights';
import { hypAdpt } from '../../../src/adapters/hypAdpt';
import { medsa } from '../../../src/adapters/medsa';
import { makeCases } from '../../../src/app/engine/cases';
import type { Desk } from '../../../src/app/engine/decode';
import { makeInside } from '../../../src/app/engine/inside';
import { encoderActs } from '../../../src/app/engine/insidePlans';
import { type Model, paddedPrompt, placeModel } from '../../../src/app/engine/model';
import { makePictures } from '../../../src/app/engine/picture';
import type { ModelPlace } from '../../../src/app/protocol';
import { openGpu } from '../../../src/gpu/device';
import { samConfig } from '../../../src/models/sam/config';
import { planarImage } from '../../../src/models/sam/planarImage';
import { packPrompts } from '../../../src/models/sam/prompt';
import { buildSam } from '../../../src/models/sam/sam';
import { makeParams } from '../../../src/nn/params';
import { attentionProbs } from '../../../src/ops/attention';
import { compile } from '../../../src/plan/compile';
import { imageInfo } from '../cases';

const at: ModelPlace = { case: 'a', plane: 'axial', slice: 0, window: [0, 255] };
const prompt = { points: [{ x: 20, y: 10, label: 1 as const }], box: null, choice: null };
// Four by four tokens in windows of three: padding is seen.
const part = 'image_encoder.blocks.0';

/** A tiny model with both kinds of adapters, an image of 64 × 48, and what answering needs. */
async function setUp() {
  const gpu = await openGpu();
  const params = makeParams(3);
  const sam = buildSam({ params }, samConfig('tiny'));
  attach(sam, medsa({ init: 'default' }));
  attach(sam, hypAdpt());
  const model: Model = await placeModel(gpu, 'adapted', { sam, params });
  const cases = makeCases();
  const values = Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => (i * 37) % 251);
  cases.add('a', { info: imageInfo('a', { dims: [64, 48, 1] }), values } as never);
  const desk = {
    ...{ gpu, cases, pictures: makePictures(), base: { info: { imgSize: 64 } } },
    ...{ model: () => model, inTurn: (_: string, work: () => unknown) => work() },
  } as unknown as Desk;
  return { gpu, sam, model, desk };
}

test('attention of a token is the row of the probabilities that the engine computes; activations are the graph’s', async () => {
  const { gpu, model, desk } = await setUp();
  const inside = makeInside();
  const picture = desk.pictures.at(desk.cases.get('a'), at, 64);
  const path = `${part}.Space_Adapter.D_fc1`;
  const step = await compile(gpu, () => {
    const acts = encoderActs(model);
    const of = (name: string) => acts.get(`${part}.attn.core.${name}`)!;
    const probs = attentionProbs(of('q'), of('k'), { rel: { relH: of('relH'), relW: of('relW') } });
    return { outputs: { probs, hidden: acts.get(path)! } };
  });
  step.run({ image: planarImage(picture.input, 64, model.sam.config.pixelMean) });
  const [probs, hidden] = [await step.read('probs'), await step.read('hidden')];

  // Token (2, 3): window 1 of 2 × 2, its row 2, its first column; the window's other columns are padding.
  const found = await inside.attention(desk, { at, which: 'adapted', part, head: 1, x: 55, y: 40 });
  expect(found.token).toEqual([2, 3]);
  expect(found.cell).toEqual([16, 16]);
  const row = probs.subarray(((1 * 2 + 1) * 9 + 6) * 9).subarray(0, 9);
  for (const [r, j] of [0, 3, 6].entries()) expect(found.values[r * 4 + 3]).toBeCloseTo(row[j], 5);
  expect(found.values[2]).toBeNaN();
  expect(found.elsewhere).toBeCloseTo(row[1] + row[2] + row[4] + row[5] + row[7] + row[8], 5);

  const all = await inside.activations(desk, { at, which: 'adapted', part, prompt });
  expect(all.map((a) => a.path.slice(part.length + 1)).toSorted()).toEqual([
    ...['MLP_Adapter.D_fc1', 'MLP_Adapter.D_fc2', 'Space_Adapter.D_fc1', 'Space_Adapter.D_fc2'],
  ]);
  const shown = all.find((a) => a.path === path)!;
  expect(shown.mean!.values[5]).toBeCloseTo((hidden[20] + hidden[21] + hidden[22] + hidden[23]) / 4, 5);
  gpu.destroy();
});

test('generated weights are those of the command line; another click generates others', async () => {
  const { gpu, sam, desk } = await setUp();
  const inside = makeInside();
  const look = await inside.weights(desk, { at, which: 'adapted', prompt });
  expect([look.trained, look.matrices.map((m) => m.n)]).toEqual([true, [1, 2, 1, 2]]);
  const packed = packPrompts([paddedPrompt(prompt)], [48, 64], [48, 64], [16, 16]);
  const expected = await generatedWeights(gpu, sam, packed);
  for (const [i, { data }] of expected.entries())
    for (const [j, v] of data.entries()) expect(look.matrices[i].values[j]).toBeCloseTo(v, 5);
  const other = { ...prompt, points: [{ x: 50, y: 40, label: 1 as const }] };
  const moved = await inside.weights(desk, { at, which: 'adapted', prompt: other });
  expect(moved.matrices[0].values).not.toEqual(look.matrices[0].values);
  gpu.destroy();
});
