import { expect, test } from 'vitest';
import { foreignLoraOf, peftRenames } from '../../src/data/adapterForeign';
import { f32Entry, readF32, type TensorEntry } from '../../src/data/tensorFile';

const held = (...entries: TensorEntry[]) => new Map(entries.map((e) => [e.name, e]));
const row = (name: string, shape: number[], start: number) =>
  f32Entry(
    name,
    shape,
    Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => start + i),
  );

test('q and v of a block, one below the other', async () => {
  const found = foreignLoraOf(
    held(row('w_a_000', [1, 2], 0), row('w_b_000', [2, 1], 10), row('w_a_001', [1, 2], 20), row('w_b_001', [2, 1], 30)),
    'x',
  )!;
  expect(found.rank).toBe(1);
  expect([...found.used].sort()).toEqual(['w_a_000', 'w_a_001', 'w_b_000', 'w_b_001']);
  const a = found.entries.get('image_encoder.blocks.0.attn.qkv.lora_A')!;
  const b = found.entries.get('image_encoder.blocks.0.attn.qkv.lora_B')!;
  expect([a.shape, b.shape]).toEqual([
    [2, 2],
    [4, 1],
  ]);
  expect(await readF32(a)).toEqual(Float32Array.of(0, 1, 20, 21));
  expect(await readF32(b)).toEqual(Float32Array.of(10, 11, 30, 31));
});

test('a file without such names is none', () => {
  expect(foreignLoraOf(held(row('w_c_000', [1, 2], 0)), 'x')).toBeNull();
});

test.for([
  ['base_model.model.vision_encoder.layers.3.attn.qkv.lora_A.weight', 'image_encoder.blocks.3.attn.qkv.lora_A'],
  ['base_model.model.image_encoder.blocks.0.mlp.lin1.lora_B.default.weight', 'image_encoder.blocks.0.mlp.lin1.lora_B'],
  ['image_encoder.blocks.0.mlp.lin1.weight', 'image_encoder.blocks.0.mlp.lin1.weight'],
])('%s becomes %s', ([from, to]) => {
  expect(peftRenames.reduce((n, [a, b]) => n.replace(a, b), from)).toBe(to);
});
