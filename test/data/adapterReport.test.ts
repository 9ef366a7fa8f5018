import { expect, test } from 'vitest';
import { writeAdapter } from '../../src/data/adapterFile';
import { describeAttaching } from '../../src/data/adapterReport';
import { openCheckpoint } from '../../src/data/checkpoint';
import { f32Entry, type TensorFile } from '../../src/data/tensorFile';
import { needShared, readShared } from '../harness/shared';

const zeros = (shapes: Record<string, number[]>): TensorFile => ({
  kind: 'torch-zip',
  meta: {},
  entries: new Map(
    Object.entries(shapes).map(([n, s]) => [n, f32Entry(n, s, new Float32Array(s.reduce((a, b) => a * b, 1)))]),
  ),
});

test('a published LoRA of another project fits ViT-B', async (context) => {
  await needShared(context, 'data');
  const path = 'checkpoints/sam-lora-rank4.safetensors';
  const r = describeAttaching(await openCheckpoint(new Blob([await readShared('data', path)]), path), path);
  expect(r).toMatchObject({ layout: 'foreign lora', leftOver: [], base: { name: 'vit_b' } });
  expect(r.fit).toEqual({ placed: 24, missing: [], unexpected: [], misshaped: [] });
});

test('what would be missing', async () => {
  const data = new Float32Array(64);
  const tensor = { name: 'image_encoder.blocks.0.MLP_Adapter.D_fc1.weight', dtype: 'F32', shape: [4, 16], data };
  const row = { name: 'medsa', config: { r: 4, space: false }, pattern: 'image_encoder.blocks.*' };
  const files = writeAdapter([tensor], { base: { name: 'tiny' }, adapters: [row] });
  const r = describeAttaching(await openCheckpoint(files.get('adapter_model.safetensors')!, 'a'), 'a');
  expect(r.fit).toMatchObject({ placed: 1, unexpected: [], misshaped: [] });
  expect(r.fit!.missing.length).toBe(7);
});

test('a file that is not whole, and an adapter of an unknown kind', async () => {
  expect(describeAttaching(zeros({ w_a_000: [2, 8] }), 'x.pth').refused).toMatch(/x\.pth: .*expected two/);
  const row = { name: 'prefix', config: {}, pattern: '' };
  const files = writeAdapter([], { base: { name: 'tiny' }, adapters: [row] });
  const r = describeAttaching(await openCheckpoint(files.get('adapter_model.safetensors')!, 'a'), 'a');
  expect(r.adapters).toEqual([row]);
  expect(r.refused).toMatch(/there is none called 'prefix'/);
});
