import { expect, test } from 'vitest';
import { act, decoderConfig, encoderConfig, flag, normEps, num, nums } from '../../../src/train/goldens/configs';
import type { GoldenTensorFile } from '../../../src/train/goldens/files';

const weights = (shapes: Record<string, number[]>): GoldenTensorFile => ({
  meta: {},
  entries: new Map(
    Object.entries(shapes).map(([name, shape]) => [name, { dtype: 'F32', shape, read: async () => new Uint8Array() }]),
  ),
});

test('single values', () => {
  expect(num({ a: 3 }, 'a')).toBe(3);
  expect(num({}, 'a', 4)).toBe(4);
  expect(() => num({ a: 'x' }, 'a')).toThrow(/no number 'a'/);
  expect(nums({ a: 8 }, 'a')).toEqual([8, 8]);
  expect(flag({ a: false }, 'a', true)).toBe(false);
  expect(flag({ a: null }, 'a', true)).toBe(true);
  expect(normEps('LayerNorm(eps=1e-6)', 1)).toBe(1e-6);
  expect(normEps(undefined, 1e-5)).toBe(1e-5);
  expect(act('GELU(erf)', 'relu')).toBe('gelu');
  expect(act('nn.ReLU', 'gelu')).toBe('relu');
  expect(() => act('Swish', 'gelu')).toThrow(/'Swish' is not known/);
});

test('an encoder: what the config states goes before what the weights show', () => {
  const config = {
    img_size: 96,
    patch_size: 8,
    embed_dim: 12,
    depth: 3,
    num_heads: 3,
    window_size: 5,
    global_attn_indexes: [2],
  };
  const w = weights({
    pos_embed: [1, 20, 20, 12],
    'blocks.0.attn.rel_pos_h': [9, 4],
    'blocks.2.attn.rel_pos_h': [31, 4],
    'neck.0.weight': [24, 12, 1, 1],
  });
  expect(encoderConfig(config, w)).toMatchObject({
    qkvBias: false,
    useAbsPos: true,
    useRelPos: true,
    posEmbedSide: 20,
    relPosSide: 16,
    outChans: 24,
    relPosNames: ['rel_pos_h', 'rel_pos_w'],
  });
  expect(encoderConfig({ ...config, use_rel_pos: false, qkv_bias: true }, w)).toMatchObject({
    useRelPos: false,
    qkvBias: true,
  });
  expect(encoderConfig({ ...config, window_size: 0, global_attn_indexes: [] }, w).relPosSide).toBe(5);
});

test('a decoder: the published MLP names bring the published self-attention along', () => {
  const config = { transformer_dim: 16, transformer: { num_heads: 2, mlp_dim: 32 } };
  expect(decoderConfig(config, weights({ 'mask_tokens.weight': [6, 16] }))).toMatchObject({ numMultimaskOutputs: 5 });
  const release = decoderConfig(config, weights({ 'transformer.layers.0.mlp.fc.weight': [16, 32] }));
  expect(release.transformer).toMatchObject({ residualSelfAttn: true, mlpNames: ['layers.0.0', 'fc'] });
});
