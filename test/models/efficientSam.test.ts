import { expect, test } from 'vitest';
import { adalora } from '../../src/adapters/adalora';
import { attach } from '../../src/adapters/adapter';
import { medsa } from '../../src/adapters/medsa';
import { EFFICIENT_SAM_ROWS } from '../../src/models/efficientSam/config';
import { EfficientSam } from '../../src/models/efficientSam/efficientSam';
import { makeParams } from '../../src/nn/params';
import { constant, input } from '../../src/tensor/tensor';

const built = (name: keyof typeof EFFICIENT_SAM_ROWS) =>
  new EfficientSam({ params: makeParams(), path: '' }, EFFICIENT_SAM_ROWS[name]);

test('EfficientSAM-Ti has the tensors of the published checkpoint', () => {
  const params = built('efficient_sam_vitt').params.all();
  expect(params).toHaveLength(278);
  expect(params.map((p) => p.name)).toEqual(
    expect.arrayContaining([
      'image_encoder.blocks.11.mlp.fc2.bias',
      'prompt_encoder.bbox_top_left_embeddings.weight',
      'mask_decoder.final_output_upscaling_layers.0.1.weight',
      'mask_decoder.output_hypernetworks_mlps.3.layers.1.0.bias',
      'mask_decoder.iou_prediction_head.fc.weight',
    ]),
  );
});

test('shapes: queries per image, masks in the size of the image', () => {
  const sam = built('efficient_tiny');
  const ask = { image: input('image', [2, 3, 50, 70]), points: input('points', [2, 3, 8, 2]) };
  const { masks, iou } = sam.call({ ...ask, labels: input('labels', [2, 3, 8]) });
  expect(masks.shape).toEqual([2, 3, 3, 50, 70]);
  expect(iou.shape).toEqual([2, 3, 3]);
  expect(() => sam.encode(constant(new Float32Array(4), [1, 1, 2, 2]))).toThrow(/expected an image \[B,3,H,W\]/);
});

test('adapters find their places as in SAM', () => {
  const sam = built('efficient_tiny');
  expect(attach(sam, medsa()).wrapped).toHaveLength(4);
  expect(attach(sam, adalora({ targets: 'qkv,fc1,fc2' })).wrapped).toHaveLength(6);
});
