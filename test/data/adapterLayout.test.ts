import { expect, test } from 'vitest';
import { adapterOf } from '../../src/data/adapterLayout';
import { openCheckpoint } from '../../src/data/checkpoint';
import { f32Entry, readF32, type TensorFile } from '../../src/data/tensorFile';
import { needShared, readShared, type SharedKind } from '../harness/shared';

const shared = async (kind: SharedKind, path: string) =>
  adapterOf(await openCheckpoint(new Blob([await readShared(kind, path)]), path), path);

/** A file of zeros with these shapes. */
const zeros = (shapes: Record<string, number[]>): TensorFile => ({
  kind: 'torch-zip',
  meta: {},
  entries: new Map(
    Object.entries(shapes).map(([n, shape]) => [
      n,
      f32Entry(n, shape, new Float32Array(shape.reduce((a, b) => a * b, 1))),
    ]),
  ),
});

/** Med-SA's adapters of `depth` blocks. */
function published(depth: number, dim: number, r: number, prefix = ''): TensorFile {
  const shapes: Record<string, number[]> = {};
  for (let i = 0; i < depth; i++) {
    for (const kind of ['MLP', 'Space', 'Depth']) {
      const at = `${prefix}image_encoder.blocks.${i}.${kind}_Adapter`;
      Object.assign(shapes, { [`${at}.D_fc1.weight`]: [r, dim], [`${at}.D_fc1.bias`]: [r] });
      Object.assign(shapes, { [`${at}.D_fc2.weight`]: [dim, r], [`${at}.D_fc2.bias`]: [dim] });
    }
  }
  return zeros(shapes);
}

test('a published file of 144 tensors is the release’s medsa on ViT-B', () => {
  const found = adapterOf(published(12, 768, 192, 'module.'));
  expect(found.file.entries.size).toBe(144);
  expect(found.layout).toBe('med-sa');
  expect(found.info.base).toEqual({ name: 'vit_b', width: 768, depth: 12, release: true });
  expect(found.info.adapters).toEqual([
    {
      name: 'medsa',
      pattern: 'image_encoder.blocks.*',
      config: { act: 'gelu', init: 'default', release: true, r: 192, space: true, mlp: true, learnScale: false },
    },
  ]);
  expect([found.base, found.leftOver]).toEqual([null, []]);
});

test('a training checkpoint: adapters and base apart, the optimiser left out', async (context) => {
  await needShared(context, 'goldens');
  const found = await shared('goldens', 'medsa-checkpoint/best_dice_checkpoint.pth');
  expect(found.info.base).toEqual({ name: 'unknown', width: 16, depth: 1, release: true });
  expect(found.info.adapters[0]).toMatchObject({ name: 'medsa', config: { r: 4, release: true } });
  expect([found.file.entries.size, found.base!.entries.size]).toEqual([12, 160]);
});

test('LoRA and AdaLoRA of the published code', async (context) => {
  await needShared(context, 'goldens');
  const lora = await shared('goldens', 'medsa-lora/weights.safetensors');
  expect(lora.info.adapters).toEqual([
    { name: 'lora', config: { rank: 4, alpha: 1, targets: 'q,v,lin1,lin2' }, pattern: 'image_encoder.blocks.*' },
  ]);
  expect(lora.info.base).toMatchObject({ width: 32, depth: 2, release: true });
  expect(lora.notes.join()).toContain("LoRA's alpha: 1");
  const ada = await shared('goldens', 'medsa-adalora/weights.safetensors');
  expect(ada.info.adapters[0]).toMatchObject({ name: 'adalora', config: { rank: 4, targets: 'qkv,lin1,lin2' } });
});

test('paper mode: encoder, SD-Trans and decoder', async (context) => {
  await needShared(context, 'goldens');
  const whole = await shared('goldens', 'paper-full-step/weights.safetensors');
  expect(whole.info.base).toMatchObject({ width: 48, depth: 4, release: false });
  expect(whole.info.adapters).toMatchObject([
    { name: 'medsa', config: { r: 12 }, pattern: 'image_encoder.blocks.*' },
    {
      name: 'hypAdpt',
      config: { arm: 'hyper', r: 8, rHyp: 8, lp: 6, k: 2, hyp: true, mlp: true, image: true },
      pattern: 'mask_decoder.transformer.layers.*',
    },
  ]);
  const volumes = await shared('goldens', 'paper-full-step-3d/weights.safetensors');
  expect(volumes.info.adapters.map((a) => a.name)).toEqual(['sdTrans', 'hypAdpt']);
});

test('LoRA of another project: q and v of every block, whole', async (context) => {
  await needShared(context, 'data');
  const path = 'checkpoints/sam-lora-rank4.safetensors';
  const raw = await openCheckpoint(new Blob([await readShared('data', path)]), path);
  const found = adapterOf(raw, path);
  expect(found).toMatchObject({ layout: 'foreign lora', leftOver: [], base: null });
  expect(found.info.base).toEqual({ name: 'vit_b', width: 768, depth: 12, release: false });
  expect(found.info.adapters).toEqual([
    { name: 'lora', config: { rank: 4, alpha: null, targets: 'q,v' }, pattern: 'image_encoder.blocks.*' },
  ]);
  expect(found.file.entries.size).toBe(24);
  for (const [ab, shape] of [
    ['A', [8, 768]],
    ['B', [1536, 4]],
  ] as const) {
    const entry = found.file.entries.get(`image_encoder.blocks.11.attn.qkv.lora_${ab}`)!;
    expect(entry.shape).toEqual(shape);
    const parts = await Promise.all([22, 23].map((n) => readF32(raw.entries.get(`w_${ab.toLowerCase()}_0${n}`)!)));
    const values = await readF32(entry);
    expect(values.subarray(0, 3072)).toEqual(parts[0]);
    expect(values.subarray(3072)).toEqual(parts[1]);
  }
});

test('foreign names that are not whole are refused; what belongs to nothing is listed', () => {
  const pair = { w_a_000: [2, 8], w_b_000: [8, 2], w_a_001: [2, 8], w_b_001: [8, 2] };
  const found = adapterOf(zeros({ ...pair, 'mask_decoder.iou_token.weight': [1, 8], 'fc.head': [3] }));
  expect([...found.file.entries.keys()]).toContain('mask_decoder.iou_token.weight');
  expect(found.leftOver).toEqual(['fc.head']);
  const { w_b_001: _, ...three } = pair;
  expect(() => adapterOf(zeros(three), 'x.pth')).toThrow(/x\.pth: .*w_b_001 is missing/);
  expect(() => adapterOf(zeros({ ...pair, w_b_001: [8, 3] }))).toThrow(/w_b_001 expected \[8,2\], found \[8,3\]/);
  expect(() => adapterOf(zeros({ w_a_000: [2, 8], w_b_000: [8, 2] }))).toThrow(/1 changes, expected two/);
});

test('names of peft', () => {
  const at = (i: number) => `base_model.model.vision_encoder.layers.${i}.attn.qkv.lora`;
  const shapes = Object.fromEntries([0, 1].flatMap((i) => [[`${at(i)}_A.weight`, [2, 8]], [`${at(i)}_B.weight`, [24, 2]]])); // biome-ignore format: short
  const found = adapterOf(zeros(shapes), 'x', { alpha: 16 });
  expect(found.layout).toBe('peft');
  expect([...found.file.entries.keys()][0]).toBe('image_encoder.blocks.0.attn.qkv.lora_A');
  expect(found.info.adapters).toEqual([
    { name: 'lora', config: { rank: 2, alpha: 16, targets: 'qkv' }, pattern: 'image_encoder.blocks.*' },
  ]);
});

test('a base alone holds no adapter', () => {
  expect(() => adapterOf(zeros({ 'image_encoder.neck.0.weight': [1] }), 'b.pth')).toThrow(
    /b\.pth: it holds no adapter/,
  );
});

test('small adapters by their names', () => {
  const at = 'image_encoder.blocks.1';
  const found = adapterOf(
    zeros({
      [`${at}.attn.qkv.ia3_k`]: [8],
      [`${at}.attn.qkv.ia3_v`]: [8],
      [`${at}.norm1.ssf_scale`]: [8],
      [`${at}.norm1.ssf_shift`]: [8],
      [`${at}.vpt_prompts`]: [5, 8],
    }),
  );
  expect(found.info.adapters).toEqual([
    { name: 'ia3', config: { attention: true, mlp: false }, pattern: 'image_encoder.blocks.*' },
    { name: 'ssf', config: { linear: false, norms: true }, pattern: 'image_encoder.blocks.*' },
    { name: 'vpt', config: { prompts: 5 }, pattern: 'image_encoder.blocks.*' },
  ]);
});

test('adapters at places that are not known are listed, or refused where there is nothing else', () => {
  const tinyVit = { 'image_encoder.layers.1.blocks.0.MLP_Adapter.D_fc1.weight': [2, 8] };
  expect(() => adapterOf(zeros(tinyVit), 'm.pth')).toThrow(
    /m\.pth: its adapters are of a kind, or at a place, .*layers\.1/,
  );
  const found = adapterOf(zeros({ ...tinyVit, 'image_encoder.blocks.0.MLP_Adapter.D_fc1.weight': [2, 8] }));
  expect(found.leftOver).toEqual(Object.keys(tinyVit));
  expect([...found.file.entries.keys()]).toEqual(['image_encoder.blocks.0.MLP_Adapter.D_fc1.weight']);
});
