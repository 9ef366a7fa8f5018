import { afterAll, beforeAll, expect, test } from 'vitest';
import { attach } from '../../../src/adapters/adapter';
import { sdTrans } from '../../../src/adapters/sdTrans';
import type { Prompt } from '../../../src/app/document/document';
import { areaOf, packMask, unpackMask } from '../../../src/app/document/runs';
import { carryTo } from '../../../src/app/engine/carry';
import { makeCases } from '../../../src/app/engine/cases';
import type { Desk } from '../../../src/app/engine/decode';
import { type Model, placeModel } from '../../../src/app/engine/model';
import { makePictures, pictureAt } from '../../../src/app/engine/picture';
import { hasDepth, planSlabs, segmentSlabs } from '../../../src/app/engine/slabs';
import { type Gpu, openGpu } from '../../../src/gpu/device';
import { samConfig } from '../../../src/models/sam/config';
import { buildSam } from '../../../src/models/sam/sam';
import { makeParams } from '../../../src/nn/params';
import { volumeInfo } from '../cases';

const dims = [24, 20, 5] as const;
/** A bright ball on dark noise. */
const values = Float32Array.from({ length: 24 * 20 * 5 }, (_, i) => {
  const [x, y, z] = [i % 24, Math.floor(i / 24) % 20, Math.floor(i / 480)];
  const ball = (x - 11) ** 2 + (y - 9) ** 2 + (3 * (z - 2)) ** 2 < 36;
  return (ball ? 180 : 40) + ((i * 7919) % 30);
});
const info = volumeInfo('v', { dims, range: [0, 255], window: [0, 255] });
const quiet = { signal: new AbortController().signal, progress() {} };

let gpu: Gpu;
let plainModel: Model;
beforeAll(async () => {
  gpu = await openGpu();
  plainModel = await modelOf(false);
});
afterAll(() => gpu?.destroy());

function modelOf(deep: boolean): Promise<Model> {
  const params = makeParams(3);
  const sam = buildSam({ params }, samConfig('tiny'));
  if (deep) attach(sam, sdTrans({ init: 'default' }), 'image_encoder.blocks.*');
  return placeModel(gpu, 'base', { sam, params });
}

function deskWith(model: Model): Desk {
  const cases = makeCases();
  cases.add('v', { info, values });
  const base = { info: { imgSize: model.sam.config.imageEncoder.imgSize }, fingerprint: null };
  const rest = { training: () => false, answered() {}, views: null, store: null };
  return {
    ...{ ...rest, gpu, base, cases, pictures: makePictures(), model: () => model },
    inTurn: (_: string, work: () => Promise<unknown>) => work(),
  } as unknown as Desk;
}

const point = (x: number, y: number): Prompt => ({ points: [{ x, y, label: 1 }], box: null, choice: null });
const range = { case: 'v', plane: 'axial', window: [0, 255], from: 1, to: 4, which: 'base' } as const;
const prompts = new Map([1, 2, 3].map((z) => [z, point(9 + z, 9)] as const));

/** What the model says of one slice alone, by the predictor that serves clicks. */
async function alone(model: Model, slice: number) {
  const c = { info, values, labels: null };
  const { input, original } = pictureAt(c, { ...range, slice }, model.sam.config.imageEncoder.imgSize);
  await model.predictor.setImage(input, original);
  model.shown = null;
  const { x, y } = prompts.get(slice)!.points[0];
  const { masks, iou } = await model.predictor.predict({ points: [[x, y]], labels: [1] }, false);
  return { masks, score: iou[0] };
}

test('without SD-Trans slabs give what each slice gives alone; slices without a prompt get no mask', async () => {
  const found = await segmentSlabs(deskWith(plainModel), { ...range, depth: 2, prompts }, quiet);
  expect(found.map((f) => f.slice)).toEqual([1, 2, 3]);
  for (const { slice, mask, score } of found) {
    const one = await alone(plainModel, slice);
    expect(score).toBeCloseTo(one.score, 4);
    // Logits next to 0 may fall on either side.
    const other = unpackMask(mask).filter((v, i) => v !== one.masks[i]).length;
    expect(other).toBeLessThanOrEqual(2);
  }
});

test('with SD-Trans the slices of a slab see each other', async () => {
  const deep = await modelOf(true);
  expect([hasDepth(plainModel), hasDepth(deep)]).toEqual([false, true]);
  const scores = async (depth: number) =>
    (await segmentSlabs(deskWith(deep), { ...range, depth, prompts }, quiet)).map((f) => f.score);
  const [one, three] = [await scores(1), await scores(3)];
  expect(Math.max(...one.map((v, i) => Math.abs(v - three[i])))).toBeGreaterThan(1e-4);
});

test('what it takes is planned: more slices a slab, more memory, fewer slabs; a stop gives nothing', async () => {
  const desk = deskWith(plainModel);
  const of = (depth: number) => planSlabs(desk, { ...range, depth }, quiet);
  const [two, four, more] = [await of(2), await of(4), await of(40)];
  expect([two.windows, four.windows, two.seesDepth]).toEqual([3, 1, false]);
  expect(four.gpuBytes).toBeGreaterThan(1.5 * two.gpuBytes);
  expect(more.depth).toBe(4);
  expect(two.seconds).toBeGreaterThan(0);
  const stopped = { signal: AbortSignal.abort(), progress() {} };
  await expect(segmentSlabs(desk, { ...range, depth: 2, prompts }, stopped)).rejects.toThrow('stopped');
  await expect(segmentSlabs(desk, { ...range, to: 5, depth: 2, prompts }, quiet)).rejects.toThrow(/slices 1 to 5/);
});

test('a mask is carried to the next slice by mask, box and point; an empty one is no prompt', async () => {
  const desk = deskWith(plainModel);
  const at = { case: 'v', plane: 'axial', slice: 3, window: [0, 255] } as const;
  const square = Uint8Array.from({ length: 480 }, (_, i) => (i % 24 > 6 && i % 24 < 16 && i > 120 && i < 340 ? 1 : 0));
  const from = packMask(square);
  const by = 'mask+box+click' as const;
  const found = (await carryTo(desk, { at, which: 'base', from, own: null, by }, quiet))!;
  const mask = unpackMask(found.mask);
  const both = mask.filter((v, i) => v && square[i]).length;
  expect(found.overlap).toBeCloseTo(both / (areaOf(found.mask) + areaOf(from) - both), 6);
  const stopped = { signal: AbortSignal.abort(), progress() {} };
  expect(await carryTo(desk, { at, which: 'base', from, own: null, by }, stopped)).toBeNull();
  await expect(
    carryTo(desk, { at, which: 'base', from: packMask(new Uint8Array(480)), own: null, by }, quiet),
  ).rejects.toThrow(/empty/);
});
