import { expect, test } from 'vitest';
import { samConfig } from '../../src/models/sam/config';
import { MaskDecoder, maskRange } from '../../src/models/sam/maskDecoder';
import { releaseConfig } from '../../src/models/sam/releaseConfig';
import { makeParams } from '../../src/nn/params';
import { input } from '../../src/tensor/tensor';

const config = samConfig('tiny').maskDecoder;
const decoder = new MaskDecoder({ params: makeParams(), path: 'mask_decoder' }, config);
const ask = (images: number, prompts: number, tokens: number, multimask: boolean | 'all') => ({
  imageEmbeddings: input('image', [images, 16, 4, 3]),
  imagePe: input('pe', [1, 16, 4, 3]),
  sparse: tokens ? input('sparse', [prompts, tokens, 16]) : null,
  dense: input('dense', [prompts, 16, 4, 3]),
  summary: input('summary', [prompts, 16]),
  multimask,
});

test('which masks answer', () => {
  expect(maskRange(config, false)).toEqual([0, 1]);
  expect(maskRange(config, true)).toEqual([1, 3]);
  expect(maskRange(config, 'all')).toEqual([0, 4]);
  const release = releaseConfig(samConfig('tiny'), 2).maskDecoder;
  expect(maskRange(release, true)).toEqual([0, 2]);
  expect(maskRange(release, 'all')).toEqual([0, 4]);
});

test('shapes: one image for all prompts, or one each', () => {
  const one = decoder.call(ask(1, 3, 5, true));
  expect([one.masks.shape, one.iou.shape]).toEqual([
    [3, 3, 16, 12],
    [3, 3],
  ]);
  expect(decoder.call(ask(2, 2, 0, false)).masks.shape).toEqual([2, 1, 16, 12]);
  expect(decoder.call(ask(1, 1, 2, 'all')).masks.shape).toEqual([1, 4, 16, 12]);
});

test('batch sizes that differ are refused in words', () => {
  expect(() => decoder.call(ask(2, 3, 1, true))).toThrow(
    /mask_decoder: batch sizes differ — image \[2,16,4,3\], dense \[3,16,4,3\]/,
  );
});
