import { expect, test } from 'vitest';
import { isAdapterName } from '../../src/data/adapterFind';
import { adapterOf } from '../../src/data/adapterLayout';
import { openAdapter, openAdapterFolder } from '../../src/data/adapterOpen';
import { openCheckpoint } from '../../src/data/checkpoint';
import { compareTensorFiles } from '../../src/data/checkpointCheck';
import { type Converted, type ConvertOptions, type ConvertSource, planConversion } from '../../src/data/convert';
import { fileFolder } from '../../src/data/dataset';
import { unwrapKeys } from '../../src/data/keyMap';
import { f32Entry, type TensorFile } from '../../src/data/tensorFile';
import { needShared, readShared } from '../harness/shared';

const plain: ConvertOptions = { to: 'safetensors', part: 'all', names: null, dtype: null, wrap: 'none' };

function sourceOf(file: TensorFile): ConvertSource {
  const { entries } = unwrapKeys(file);
  const order = [...entries.keys()];
  if (!order.some(isAdapterName)) return { base: entries, adapter: null, order, file };
  const adapter = adapterOf(file);
  return { base: adapter.base?.entries ?? new Map(), adapter, order, file };
}

const zeros = (shapes: Record<string, number[]>): TensorFile => ({
  kind: 'torch-zip',
  meta: {},
  entries: new Map(
    Object.entries(shapes).map(([n, s]) => [n, f32Entry(n, s, new Float32Array(s.reduce((a, b) => a * b, 1)))]),
  ),
});

async function blobs(plan: Converted): Promise<Map<string, Blob>> {
  const out = new Map<string, Blob>();
  for (const [name, parts] of plan.files) {
    const all: Uint8Array<ArrayBuffer>[] = [];
    for await (const part of parts()) all.push(part);
    out.set(name, new Blob(all));
  }
  return out;
}

const reopen = async (plan: Converted) => openCheckpoint((await blobs(plan)).get('')!, 'made');
const golden = async (path: string) => openCheckpoint(new Blob([await readShared('goldens', path)]), path);

test.for(['safetensors', 'pth'] as const)('everything, as %s and back, bit for bit', async (to, context) => {
  await needShared(context, 'goldens');
  const from = await golden('sam-full-tiny/checkpoint.pth');
  const plan = planConversion(sourceOf(from), { ...plain, to }, 'x');
  expect(plan).toMatchObject({ base: 188, adapters: 0, renamed: 0, left: [], notes: [] });
  expect((await compareTensorFiles(await reopen(plan), from)).filter((r) => !r.equal)).toEqual([]);
});

test('a training checkpoint keeps its optimiser where the list of parameters stays', async (context) => {
  await needShared(context, 'goldens');
  const from = await golden('medsa-checkpoint/best_dice_checkpoint.pth');
  const whole = await reopen(planConversion(sourceOf(from), { ...plain, to: 'pth', wrap: 'training' }, 'x'));
  expect(whole.meta).toEqual(from.meta);
  expect((await compareTensorFiles(whole, from)).filter((r) => !r.equal)).toEqual([]);
  const base = planConversion(sourceOf(from), { ...plain, to: 'pth', wrap: 'training', part: 'base' }, 'x');
  expect((await reopen(base)).meta).toMatchObject({ epoch: 4, model: 'sam', optimizer: {} });
  expect(base.left.length).toBe(12);
});

test('names of the release and back', async (context) => {
  await needShared(context, 'goldens');
  const from = await golden('sam-full-tiny/checkpoint.pth');
  const release = planConversion(sourceOf(from), { ...plain, to: 'pth', names: 'release', wrap: 'model' }, 'x');
  expect(release.renamed).toBe(14);
  const there = await reopen(release);
  expect([...there.entries.keys()]).toContain('model.image_encoder.blocks.0.attn.rel_h');
  const back = await reopen(planConversion(sourceOf(there), { ...plain, names: 'sam' }, 'x'));
  expect((await compareTensorFiles(back, from)).filter((r) => !r.equal)).toEqual([]);
  expect(() => planConversion(sourceOf(from), { ...plain, names: 'mobile-sam' }, 'x')).toThrow(
    /names of sam cannot become/,
  );
});

test('a folder: adapters alone, which open with what to attach', async (context) => {
  await needShared(context, 'goldens');
  const from = await golden('medsa-lora/weights.safetensors');
  const plan = planConversion(sourceOf(from), { ...plain, to: 'folder' }, 'x');
  expect([plan.base, plan.adapters, plan.left.length]).toEqual([0, 12, 174]);
  const files = await blobs(plan);
  expect([...files.keys()]).toEqual(['adapter_model.safetensors', 'adapter_config.json', 'README.md']);
  const back = await openAdapterFolder(fileFolder('out', files));
  expect(back.layout).toBe('medsa-lab');
  expect(back.info).toEqual(adapterOf(from).info);
  expect(await files.get('README.md')!.text()).toContain('# Adapter for a base of width 32, 2 blocks');
  const alone = await openAdapter(files.get('adapter_model.safetensors')!);
  const rows = await compareTensorFiles(alone.file, { ...from, entries: adapterOf(from).file.entries });
  expect(rows.filter((r) => !r.equal)).toEqual([]);
});

const at = (i: number, kind: string) => `image_encoder.blocks.${i}.${kind}_Adapter`;
const bottleneck = (name: string): [string, number[]][] => [
  [`${name}.D_fc1.weight`, [2, 8]],
  [`${name}.D_fc1.bias`, [2]],
  [`${name}.D_fc2.weight`, [8, 2]],
  [`${name}.D_fc2.bias`, [8]],
];

test('for the published model, depth adapters are filled in, and what it computes otherwise is said', () => {
  const shapes = [0, 1].flatMap((i) => [...bottleneck(at(i, 'Space')), ...bottleneck(at(i, 'MLP'))]);
  const source = sourceOf(zeros(Object.fromEntries(shapes)));
  const plan = planConversion(source, { ...plain, to: 'pth', names: 'release' }, 'x');
  expect(plan.adapters).toBe(24);
  expect(plan.entries.get(`${at(1, 'Depth')}.D_fc2.weight`)!.shape).toEqual([8, 2]);
  expect(plan.notes.join('\n')).toMatch(
    /8 tensors of depth adapters were added as zeros[\s\S]*GELU inside the windows/,
  );
  expect(planConversion(source, { ...plain, to: 'pth' }, 'x').adapters).toBe(16);
  expect(planConversion(source, { ...plain, names: 'release' }, 'x').adapters).toBe(16);
});

test('storage in half precision', async () => {
  const source = sourceOf(zeros({ 'neck.0.weight': [2, 3], steps: [] }));
  const plan = planConversion(source, { ...plain, dtype: 'F16' }, 'x');
  const back = await reopen(plan);
  expect([...back.entries.values()].map((e) => e.dtype)).toEqual(['F16', 'F16']);
});

test('nothing of what is asked for', () => {
  const base = sourceOf(zeros({ 'neck.0.weight': [2, 3] }));
  expect(() => planConversion(base, { ...plain, to: 'folder' }, 'b.pth')).toThrow(/b\.pth: it holds no adapter/);
  const adapter = sourceOf(zeros(Object.fromEntries(bottleneck(at(0, 'MLP')))));
  expect(() => planConversion(adapter, { ...plain, part: 'base' }, 'a.pth')).toThrow(/a\.pth: it holds no base/);
});
