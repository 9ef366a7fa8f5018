import { expect, test } from 'vitest';
import { adapterKind } from '../../src/adapters/all';
import { findAdapters } from '../../src/data/adapterFind';
import { adapterKindsOf } from '../../src/data/adapterKinds';
import { f32Entry } from '../../src/data/tensorFile';

function kindsOf(shapes: Record<string, number[]>, release = false, alpha?: number | null) {
  const zero = (shape: number[]) => new Float32Array(shape.reduce((a, b) => a * b, 1));
  const entries = new Map(Object.entries(shapes).map(([n, s]) => [n, f32Entry(n, s, zero(s))] as const));
  return adapterKindsOf(findAdapters(entries), entries, { release, ...(alpha === undefined ? {} : { alpha }) });
}

const block = 'image_encoder.blocks.0';
const layer = 'mask_decoder.transformer.layers.0';

test.for<[string, Record<string, number[]>, string]>([
  ['weights per prompt', { 'gen.0.weight': [4, 3], 'reduce.weight': [3, 8] }, 'hyper'],
  ['put beside', { 'prompt.weight': [2, 8], 'fuse.weight': [2, 4] }, 'concat'],
  ['added', { 'prompt.weight': [2, 8] }, 'add'],
  ['no prompt', {}, 'none'],
])('the arm of HyP_Adapter: %s', ([_what, more, arm]) => {
  const shapes = Object.fromEntries(Object.entries(more).map(([n, s]) => [`${layer}.HyP_Adapter.${n}`, s]));
  const { rows } = kindsOf({ [`${layer}.HyP_Adapter.D_fc1.weight`]: [2, 8], ...shapes });
  expect(rows[0]).toMatchObject({ name: 'hypAdpt', config: { arm, rHyp: 2, hyp: true, mlp: false, image: false } });
  if (arm === 'hyper') expect(rows[0].config).toMatchObject({ lp: 3, k: 1 });
});

test('parts of Med-SA, and a learnt factor', () => {
  const { rows } = kindsOf({ [`${block}.MLP_Adapter.D_fc1.weight`]: [2, 8], [`${block}.MLP_Adapter.s`]: [1] });
  expect(rows[0]).toMatchObject({ name: 'medsa', config: { r: 2, space: false, mlp: true, learnScale: true } });
});

test('LoRA of thirds, of names and of other hosts', () => {
  const { rows } = kindsOf(
    {
      [`${block}.attn.qkv.lora_A`]: [6, 8],
      [`${block}.attn.qkv.lora_B`]: [24, 2],
      [`${layer}.self_attn.q_proj.lora_A`]: [2, 8],
      [`${layer}.self_attn.q_proj.lora_B`]: [8, 2],
    },
    false,
    8,
  );
  expect(rows).toEqual([
    { name: 'lora', config: { rank: 2, alpha: 8, targets: 'q,k,v' }, pattern: 'image_encoder.blocks.*' },
    {
      name: 'lora',
      config: { rank: 2, alpha: 8, targets: 'self_attn.q_proj' },
      pattern: 'mask_decoder.transformer.layers.*',
    },
  ]);
});

test('every row has options that its kind takes', () => {
  const all = kindsOf({
    [`${block}.MLP_Adapter.D_fc1.weight`]: [2, 8],
    [`${block}.Depth_Adapter.D_fc1.weight`]: [2, 8],
    [`${layer}.HyP_Adapter.D_fc1.weight`]: [2, 8],
    [`${block}.mlp.lin1.lora_A`]: [2, 8],
    [`${block}.mlp.lin1.lora_B`]: [8, 2],
    [`${block}.mlp.lin2.lora_A`]: [2, 8],
    [`${block}.mlp.lin2.lora_E`]: [2, 1],
    [`${block}.mlp.lin2.lora_B`]: [8, 2],
    [`${block}.mlp.lin2.ia3_l`]: [8],
    [`${block}.mlp.lin2.ssf_scale`]: [8],
    [`${block}.vpt_prompts`]: [3, 8],
  });
  expect(all.unknown).toEqual([]);
  expect(all.rows.map((r) => r.name)).toEqual(['sdTrans', 'hypAdpt', 'lora', 'adalora', 'ia3', 'ssf', 'vpt']);
  for (const { name, config } of all.rows) expect(() => adapterKind(name)(config)).not.toThrow();
});
