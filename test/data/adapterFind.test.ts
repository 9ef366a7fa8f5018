import { expect, test } from 'vitest';
import { findAdapters, foreignLora, isAdapterName } from '../../src/data/adapterFind';
import { openCheckpoint } from '../../src/data/checkpoint';
import { f32Entry, type TensorEntry } from '../../src/data/tensorFile';
import { needShared, readShared } from '../harness/shared';

const held = (shapes: Record<string, number[]>): Map<string, TensorEntry> =>
  new Map(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      f32Entry(name, shape, new Float32Array(shape.reduce((a, b) => a * b, 1))),
    ]),
  );

test('bottlenecks are grouped by kind and place', () => {
  const groups = findAdapters(
    held({
      'image_encoder.blocks.0.MLP_Adapter.D_fc1.weight': [4, 16],
      'image_encoder.blocks.0.MLP_Adapter.D_fc2.bias': [16],
      'image_encoder.blocks.11.MLP_Adapter.D_fc1.weight': [4, 16],
      'mask_decoder.transformer.layers.0.MLP_Adapter.D_fc1.weight': [8, 32],
      'image_encoder.blocks.0.mlp.lin1.weight': [64, 16],
    }),
  );
  expect(groups.map(({ names, ...g }) => [g, names.length])).toEqual([
    [{ kind: 'MLP_Adapter', place: 'image_encoder.blocks.*', count: 2, dim: 16, width: 4, parameters: 144 }, 3],
    [
      { kind: 'MLP_Adapter', place: 'mask_decoder.transformer.layers.*', count: 1, dim: 32, width: 8, parameters: 256 },
      1,
    ],
  ]);
});

test('LoRA, AdaLoRA and the names of peft', () => {
  const groups = findAdapters(
    held({
      'e.blocks.0.attn.qkv.lora_A': [8, 32],
      'e.blocks.0.attn.qkv.lora_B': [64, 4],
      'f.0.lin.lora_A': [3, 12],
      'f.0.lin.lora_E': [3, 1],
      'f.0.lin.lora_B': [7, 3],
      'base_model.model.g.1.lora_A.weight': [2, 6],
      'base_model.model.g.1.lora_B.weight': [6, 2],
    }),
  );
  expect(groups.map((g) => [g.kind, g.place, g.dim, g.width])).toEqual([
    ['LoRA', 'e.blocks.*.attn.qkv', 32, 4],
    ['AdaLoRA', 'f.*.lin', 12, 3],
    ['LoRA', 'base_model.model.g.*', 6, 2],
  ]);
});

test('names of a base are none of an adapter', () => {
  for (const name of ['image_encoder.neck.0.weight', 'w_c_000', 'mask_decoder.iou_token.weight'])
    expect(isAdapterName(name)).toBe(false);
});

test('a published file of foreign names', async (context) => {
  await needShared(context, 'data');
  const path = 'checkpoints/sam-lora-rank4.safetensors';
  const { entries } = await openCheckpoint(new Blob([await readShared('data', path)]), path);
  const [group, ...others] = findAdapters(entries);
  expect(others).toEqual([]);
  expect(group).toMatchObject({ kind: foreignLora, place: '', count: 24, dim: 768, width: 4, parameters: 147456 });
});
