import { expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { MEDSA_RELEASE, medsa } from '../../src/adapters/medsa';
import { sdTrans } from '../../src/adapters/sdTrans';
import { openGpu } from '../../src/gpu/device';
import { samConfig } from '../../src/models/sam/config';
import { buildSam, type Sam } from '../../src/models/sam/sam';
import { capturing } from '../../src/nn/capture';
import { DEPTH, provide } from '../../src/nn/context';
import { initialValues, normal } from '../../src/nn/init';
import { makeParams } from '../../src/nn/params';
import { uploadParams } from '../../src/nn/paramsIo';
import { slice } from '../../src/ops/view';
import { compile } from '../../src/plan/compile';
import { readAll } from '../../src/plan/read';
import { constant, input, trace } from '../../src/tensor/tensor';
import { checkAdapter } from '../harness/checkAdapter';

const gpu = await openGpu();
const pattern = 'image_encoder.blocks.*';
checkAdapter('sdTrans', () => sdTrans(), { pattern, depth: 2 });
checkAdapter('sdTrans with the depth attention itself', () => sdTrans({ depthSkip: true, r: 3 }), {
  pattern,
  depth: 2,
});
checkAdapter('sdTrans on single slices', () => sdTrans({ ratio: 1 / 8, act: 'gelu' }), { pattern });
checkAdapter('sdTrans as released', () => sdTrans(MEDSA_RELEASE), { pattern, depth: 2 });

test('ViT-H with r = C/16: SD-Trans adds 6.6 M to the 13.19 M of the other two', () => {
  const counts = (adapter: Parameters<typeof attach>[1]) => {
    const sam = buildSam({ params: makeParams() }, samConfig('vit_h'));
    attach(sam, adapter);
    return sam.params.counts().trained;
  };
  const ratio = 1 / 16;
  expect(counts(sdTrans({ ratio })) - counts(medsa({ ratio }))).toBe(6_597_120);
  expect(counts(sdTrans({ ratio, space: false, mlp: false }))).toBe(6_597_120);
});

const encode = (depth: number, rows: number, options = {}) => {
  const sam = buildSam({ params: makeParams() }, samConfig('tiny'));
  attach(sam, sdTrans(options));
  return trace(() => provide(DEPTH, depth, () => sam.image_encoder.call(input('x', [rows, 3, 64, 64]))));
};

test('rows that are no whole volumes are refused, with the place', () => {
  expect(() => encode(3, 4)).toThrow(/depthAttention at image_encoder\.blocks\.0.*D = 3; batches hold whole volumes/);
});

test('the released branch refuses chunks that it has no grid for, or that do not fit', () => {
  expect(() => encode(1, 2, MEDSA_RELEASE)).toThrow(/chunk of at least 2 slices, got 1/);
  expect(() => encode(1, 2, { ...MEDSA_RELEASE, chunk: 7 })).toThrow(/do not divide into groups of 7/);
});

/** A tiny encoder with SD-Trans and random values everywhere, on the GPU. */
async function shaken(): Promise<Sam> {
  const sam = buildSam({ params: makeParams() }, samConfig('tiny'));
  attach(sam, sdTrans());
  for (const p of sam.params.all()) {
    if (!p.name.includes('norm'))
      sam.params.setSource(p.name, async () => initialValues(normal(0.2), p.shape, p.name, 5));
  }
  await uploadParams(sam.params, gpu);
  return sam;
}

test('slices of a volume see each other in no order, volumes do not', async () => {
  const sam = await shaken();
  const slices = Array.from({ length: 5 }, (_, i) => initialValues(normal(1), [3, 64, 64], `slice ${i}`, 5));
  const build = () => ({ outputs: { y: provide(DEPTH, 2, () => sam.image_encoder.call(input('x', [4, 3, 64, 64]))) } });
  const step = await compile(gpu, build, { variants: { matmul: 'naive' } });
  const encode = async (order: readonly number[]) => {
    step.run({ x: Float32Array.from(order.flatMap((i) => [...slices[i]])) });
    const y = await step.read('y');
    return order.map((_, r) => y.slice((r * y.length) / order.length, ((r + 1) * y.length) / order.length));
  };
  const [a, b, c, d] = await encode([0, 1, 2, 3]);
  const swapped = await encode([1, 0, 2, 3]);
  expect(largestDifference(swapped[0], b)).toBeLessThan(1e-5);
  expect(largestDifference(swapped[1], a)).toBeLessThan(1e-5);
  expect([swapped[2], swapped[3]]).toEqual([c, d]);
  const other = await encode([0, 4, 2, 3]);
  expect(largestDifference(other[0], a)).toBeGreaterThan(1e-3);
  expect([other[2], other[3]]).toEqual([c, d]);
  step.destroy();
});

test('with one slice a token attends to itself: the depth branch is a function of proj(v)', async () => {
  const sam = await shaken();
  const [block] = sam.image_encoder.blocks;
  const h = constant(initialValues(normal(1), [2, 4, 4, 16], 'h', 5), [2, 4, 4, 16]);
  const { acts } = capturing(() => block.space_attn.call(h));
  const own = block.attn.proj.call(slice(block.attn.qkv.call(h), 3, 32, 16));
  const [got, want] = await readAll(gpu, [acts.get(`${block.path}.depth_attn`)!, own]);
  expect(largestDifference(got, want)).toBeLessThan(1e-6);
});

function largestDifference(a: Float32Array, b: Float32Array): number {
  return Math.max(...a.map((v, i) => Math.abs(v - b[i])));
}
