import { expect, test } from 'vitest';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { input } from '../../src/tensor/tensor';

const sam = buildSam({ params: makeParams() }, samConfig('tiny'));

test('a call: images in, low-resolution logits out', () => {
  const points = { points: input('points', [2, 1, 2]), labels: input('labels', [2, 1]) };
  const { masks, iou } = sam.call({ image: input('image', [2, 3, 64, 48]), ...points });
  expect([masks.shape, iou.shape]).toEqual([
    [2, 1, 16, 16],
    [2, 1],
  ]);
});

test('preprocessing pads to the side of the model, post-processing comes back to the original size', () => {
  expect(sam.preprocess(input('image', [1, 3, 20, 64])).shape).toEqual([1, 3, 64, 64]);
  expect(sam.postprocess(input('low', [2, 3, 16, 16]), [20, 64], [100, 320]).shape).toEqual([2, 3, 100, 320]);
});

test('an image that is too large says what to do', () => {
  expect(() => sam.preprocess(input('image', [1, 3, 65, 64]))).toThrow(
    /got \[1,3,65,64\]; resize its longer side to 64/,
  );
});
