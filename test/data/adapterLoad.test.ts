import { expect, test } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { adapterKind } from '../../src/adapters/all';
import type { AdapterInfo } from '../../src/data/adapterFile';
import { adapterOf } from '../../src/data/adapterLayout';
import { loadAdapter } from '../../src/data/adapterLoad';
import { KNOWN_BASES } from '../../src/data/bases';
import { openCheckpoint } from '../../src/data/checkpoint';
import { matchKeys, tensorSource } from '../../src/data/keyMap';
import { f32Entry, readF32, type TensorEntry, type TensorFile } from '../../src/data/tensorFile';
import { configOfRow, SAM_ROWS, samConfig } from '../../src/models/sam/config';
import { releaseConfig } from '../../src/models/sam/releaseConfig';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { needShared, readShared } from '../harness/shared';

const tiny = (config = samConfig('tiny')) => buildSam({ params: makeParams(3) }, config);
const medsa = { name: 'medsa', config: { r: 3 }, pattern: 'image_encoder.blocks.*' };
const hyp = { name: 'hypAdpt', config: { r: 2, lp: 3, k: 1 }, pattern: 'mask_decoder.transformer.layers.*' };
const bitfit = { name: 'bitfit', config: {}, pattern: 'image_encoder' };
const infoOf = (...adapters: AdapterInfo['adapters'][number][]): AdapterInfo => ({ base: { name: 'tiny' }, adapters });

/** What training these adapters on `tiny` would write: values that tell the parameter. */
function written(info: AdapterInfo): TensorFile {
  const sam = tiny();
  for (const row of info.adapters) attach(sam, adapterKind(row.name)(row.config), row.pattern);
  const own = sam.params.all().filter((p) => p.trainable);
  const entries = own.map((p, i): [string, TensorEntry] => {
    const size = p.shape.reduce((a, b) => a * b, 1);
    return [p.name, f32Entry(p.name, p.shape, new Float32Array(size).fill(i + 1))];
  });
  return { kind: 'safetensors', entries: new Map(entries), meta: {} };
}

test('several adapters and what they train of the base come back', async () => {
  const info = infoOf(medsa, hyp, bitfit);
  const file = written(info);
  const sam = tiny();
  const { attachments, report } = loadAdapter(sam, { info, file });
  expect(attachments.map((a) => a.adapter)).toEqual(['medsa', 'hypAdpt', 'bitfit']);
  expect(report.placed.length).toBe(file.entries.size);
  expect(report.placed).toContain('image_encoder.blocks.0.mlp.lin1.bias');
  for (const [name, entry] of file.entries) expect(await sam.params.values(name)).toEqual(await readF32(entry));
});

test('a file of trained parameters is whole without the buffers of an adapter', async () => {
  const info = infoOf({ name: 'adalora', config: { rank: 3 }, pattern: 'image_encoder.blocks.*' });
  const file = written(info);
  expect([...file.entries.keys()].some((n) => n.endsWith('ranknum'))).toBe(false);
  const sam = tiny();
  expect(loadAdapter(sam, { info, file }).report.missing).toEqual([]);
  expect((await sam.params.values('image_encoder.blocks.1.attn.qkv.ranknum'))[0]).toBe(3);
});

test('parameters of the base that a file holds beyond that are taken, too', async () => {
  const info = infoOf(medsa);
  const file = written(info);
  const token = f32Entry('mask_decoder.iou_token.weight', [1, 16], new Float32Array(16).fill(7));
  const sam = tiny();
  loadAdapter(sam, { info, file: { ...file, entries: new Map([...file.entries, [token.name, token]]) } });
  expect((await sam.params.values(token.name))[3]).toBe(7);
});

const without = (file: TensorFile, pattern: RegExp): TensorFile => ({
  ...file,
  entries: new Map([...file.entries].filter(([n]) => !pattern.test(n))),
});

test.for<[string, (info: AdapterInfo, file: TensorFile) => { info: AdapterInfo; file: TensorFile }, RegExp]>([
  [
    'another backbone',
    (info, file) => ({ info: { ...info, base: { name: 'vit_b' } }, file }),
    /x\.safetensors: it is for a base of width 768 and 12 blocks \(vit_b\), the loaded base tiny has width 16 and 2 blocks — load vit_b/,
  ],
  [
    'another width',
    (info, file) => ({ info: { ...info, base: { name: 'unknown', width: 32, depth: 2 } }, file }),
    /width 32 and 2 blocks, the loaded base tiny .* load a base of that size/,
  ],
  [
    'another mode',
    (info, file) => ({ info: { ...info, base: { name: 'tiny', release: true } }, file }),
    /for the model of the published code \(release\), this one is built as the paper — build the base in release mode/,
  ],
  [
    'an unknown kind',
    (info, file) => ({ info: { ...info, adapters: [{ ...medsa, name: 'medsb' }] }, file }),
    /adapter 1 of 1 \(medsb at .*did you mean medsa\?/,
  ],
  [
    'a pattern that matches nothing',
    (info, file) => ({ info: { ...info, adapters: [{ ...medsa, pattern: 'image_encoder.block.*' }] }, file }),
    /adapter 1 of 1 .*no module matches 'image_encoder\.block\.\*'; near names: image_encoder\.blocks/,
  ],
  [
    'missing keys',
    (info, file) => ({ info, file: without(file, /1\.MLP_Adapter\.D_fc2\.bias/) }),
    /1 missing: image_encoder\.blocks\.1\.MLP_Adapter\.D_fc2\.bias/,
  ],
  [
    'keys of another width',
    (info, file) => ({ info: { ...info, adapters: [{ ...medsa, config: { r: 4 } }] }, file }),
    /12 of another shape: .*Space_Adapter\.D_fc1\.weight expected \[4,16\], found \[3,16\]/,
  ],
  [
    'unexpected keys',
    (info, file) => ({ info: { ...info, adapters: [{ ...medsa, config: { r: 3, mlp: false } }] }, file }),
    /8 unexpected: .*MLP_Adapter/,
  ],
])('refuses %s and leaves the model as it was', ([_what, change, words]) => {
  const info = infoOf(medsa);
  const sam = tiny();
  const before = sam.params.all().length;
  expect(() => loadAdapter(sam, change(info, written(info)), { name: 'x.safetensors' })).toThrow(words);
  expect(sam.params.all().length).toBe(before);
  // Nothing is attached: the whole one still can be.
  loadAdapter(sam, { info, file: written(info) });
});

test('not strict: what fits is taken, the rest reported', () => {
  const info = infoOf(medsa);
  const file = without(written(info), /blocks\.1/);
  const { report } = loadAdapter(tiny(), { info, file }, { strict: false });
  expect([report.placed.length, report.missing.length]).toEqual([8, 8]);
});

test('a published state dict becomes the same model', async (context) => {
  await needShared(context, 'goldens');
  const open = async (path: string) => openCheckpoint(new Blob([await readShared('goldens', path)]), path);
  const found = adapterOf(await open('medsa-checkpoint/state_dict.pth'));
  const row = { ...SAM_ROWS.tiny, depth: 1, twoWayMlpDim: 24, globalAttnIndexes: [] };
  const sam = buildSam({ params: makeParams() }, releaseConfig(configOfRow(row)));
  const shapes = new Map(sam.params.all().map((p) => [p.name, p.shape]));
  const source = tensorSource(matchKeys(shapes, found.base!).entries);
  for (const name of source.names()) sam.params.setSource(name, () => source.read(name));
  loadAdapter(sam, found);
  const weights = await open('medsa-checkpoint/weights.safetensors');
  expect(sam.params.all().length).toBe(weights.entries.size);
  for (const [name, entry] of weights.entries)
    expect(await sam.params.values(name), name).toEqual(await readF32(entry));
});

test('a published LoRA of another project fits ViT-B', async (context) => {
  await needShared(context, 'data');
  const path = 'checkpoints/sam-lora-rank4.safetensors';
  const found = adapterOf(await openCheckpoint(new Blob([await readShared('data', path)]), path), path);
  const sam = buildSam({ params: makeParams() }, samConfig('vit_b'));
  const { report } = loadAdapter(sam, found, { name: path });
  expect(report).toMatchObject({ missing: [], unexpected: [], misshaped: [] });
  expect(report.placed.length).toBe(24);
  expect(sam.params.counts().adapters).toBe(147456);
  expect(() => loadAdapter(tiny(), found, { name: path })).toThrow(/width 768 and 12 blocks \(vit_b\)/);
});

test('EfficientSAM takes adapters in the same way', async () => {
  const info: AdapterInfo = {
    base: { name: 'efficient_tiny' },
    adapters: [{ name: 'lora', config: { rank: 2, targets: 'q,v' }, pattern: 'image_encoder.blocks.*' }],
  };
  const shapes = [0, 1].flatMap((i) => {
    const at = `image_encoder.blocks.${i}.attn.qkv.lora`;
    return [
      f32Entry(`${at}_A`, [4, 16], new Float32Array(64).fill(i + 1)),
      f32Entry(`${at}_B`, [32, 2], new Float32Array(64)),
    ];
  });
  const file: TensorFile = { kind: 'safetensors', entries: new Map(shapes.map((e) => [e.name, e])), meta: {} };
  const model = KNOWN_BASES.get('efficient_tiny')!.build(false);
  expect(loadAdapter(model, { info, file }).report.placed.length).toBe(4);
  expect((await model.params.values('image_encoder.blocks.1.attn.qkv.lora_A'))[5]).toBe(2);
  const vits: AdapterInfo = { ...info, base: { name: 'efficient_sam_vits' } };
  expect(() => loadAdapter(KNOWN_BASES.get('efficient_tiny')!.build(false), { info: vits, file })).toThrow(
    /width 384 and 12 blocks \(efficient_sam_vits\), the loaded base efficient_tiny/,
  );
});
