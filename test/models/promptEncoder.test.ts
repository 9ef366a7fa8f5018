import { expect, test } from 'vitest';
import { samConfig } from '../../src/models/sam/config';
import { PromptEncoder } from '../../src/models/sam/promptEncoder';
import { makeParams } from '../../src/nn/params';
import { input } from '../../src/tensor/tensor';

const config = {
  ...samConfig('tiny').promptEncoder,
  imageEmbeddingSize: [3, 5] as const,
  inputImageSize: [48, 80] as const,
};
const encoder = new PromptEncoder({ params: makeParams(), path: 'prompt_encoder' }, config);
const points = (b: number, p: number) => ({ points: input('points', [b, p, 2]), labels: input('labels', [b, p]) });
const boxes = (b: number) => ({ boxes: input('boxes', [b, 4]) });

test('tokens: a padding point goes with points alone', () => {
  expect(encoder.call(points(2, 3)).sparse?.shape).toEqual([2, 4, 16]);
  expect(encoder.call({ ...points(2, 3), padding: false }).sparse?.shape).toEqual([2, 3, 16]);
  expect(encoder.call(boxes(3)).sparse?.shape).toEqual([3, 2, 16]);
  expect(encoder.call({ ...points(2, 3), ...boxes(2) }).sparse?.shape).toEqual([2, 5, 16]);
  expect(encoder.call({}).sparse).toBe(null);
});

test('dense: of the mask, else the same everywhere; the position code has the map’s shape', () => {
  expect(encoder.call({ masks: input('masks', [2, 1, 12, 20]) }).dense.shape).toEqual([2, 16, 3, 5]);
  expect(encoder.call(boxes(3)).dense.shape).toEqual([3, 16, 3, 5]);
  expect(encoder.call({}).dense.shape).toEqual([1, 16, 3, 5]);
  expect(encoder.densePe().shape).toEqual([1, 16, 3, 5]);
});

test('wrong shapes are refused in words', () => {
  const refused = (what: RegExp, prompts: Parameters<typeof encoder.call>[0]) =>
    expect(() => encoder.call(prompts)).toThrow(what);
  refused(/prompt_encoder: points need labels/, { points: input('p', [1, 1, 2]) });
  refused(/expected points \[B,P,2\], got \[1,2\]/, { points: input('p', [1, 2]), labels: input('l', [1, 1]) });
  refused(/expected labels \[1,2\], got \[1,3\]/, { points: input('p', [1, 2, 2]), labels: input('l', [1, 3]) });
  refused(/expected boxes \[B,4\]/, { boxes: input('b', [1, 2, 2]) });
  refused(/expected mask input \[B,1,12,20\], got \[1,1,12,12\]/, { masks: input('m', [1, 1, 12, 12]) });
  refused(/different batch sizes: 2, 3/, { ...points(2, 1), ...boxes(3) });
});
