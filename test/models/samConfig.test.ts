import { expect, test } from 'vitest';
import { type SamName, samConfig } from '../../src/models/sam/config';
import { releaseConfig } from '../../src/models/sam/releaseConfig';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { numel } from '../../src/tensor/shape';

function counted(name: SamName) {
  const params = makeParams();
  buildSam({ params }, samConfig(name));
  const encoder = params.all().filter((p) => p.name.startsWith('image_encoder.'));
  return { params, total: params.counts().total, encoder: encoder.reduce((n, p) => n + numel(p.shape), 0) };
}

test('ViT-B: 93,735,472 parameters in 314 tensors, the position code included', () => {
  const { params, total } = counted('vit_b');
  expect(total).toBe(93_735_472);
  expect(params.all()).toHaveLength(314);
});

test('ViT-L and ViT-H have the published numbers of parameters', () => {
  expect(counted('vit_l').total).toBe(312_342_832);
  expect(counted('vit_h').total).toBe(641_090_608);
});

test('sam-micro: 2,653,120 parameters, 1,893,504 in the encoder', () => {
  const { total, encoder } = counted('sam-micro');
  expect(total).toBe(2_653_120);
  expect(encoder).toBe(1_893_504);
});

test('names are upstream’s', () => {
  const { params } = counted('tiny');
  for (const name of [
    'image_encoder.pos_embed',
    'image_encoder.patch_embed.proj.weight',
    'image_encoder.blocks.1.attn.rel_pos_h',
    'image_encoder.blocks.0.mlp.lin2.bias',
    'image_encoder.neck.3.bias',
    'prompt_encoder.pe_layer.positional_encoding_gaussian_matrix',
    'prompt_encoder.point_embeddings.3.weight',
    'prompt_encoder.mask_downscaling.6.bias',
    'mask_decoder.transformer.layers.1.cross_attn_image_to_token.out_proj.weight',
    'mask_decoder.transformer.final_attn_token_to_image.q_proj.bias',
    'mask_decoder.output_upscaling.3.weight',
    'mask_decoder.output_hypernetworks_mlps.3.layers.2.weight',
    'mask_decoder.iou_prediction_head.layers.0.weight',
  ]) {
    expect(params.has(name), name).toBe(true);
  }
});

test('the published Med-SA code has its own names and its own number of mask tokens', () => {
  const params = makeParams();
  buildSam({ params }, releaseConfig(samConfig('tiny'), 6));
  expect(params.has('image_encoder.blocks.0.attn.rel_h')).toBe(true);
  expect(params.get('image_encoder.pos_embed').shape).toEqual([1, 64, 64, 16]);
  expect(params.get('mask_decoder.mask_tokens.weight').shape).toEqual([6, 16]);
  expect(params.has('mask_decoder.transformer.layers.0.mlp.layers.0.0.weight')).toBe(true);
  expect(params.has('mask_decoder.transformer.layers.0.mlp.fc.weight')).toBe(true);
});
