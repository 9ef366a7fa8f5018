import { expect, test } from 'vitest';
import { logitScore, maskScore } from '../../../src/train/metrics/overlap';

test.each([
  ['partly', [1, 1, 1, 0], [0, 1, 1, 1], { dice: 4 / 6, iou: 2 / 4, predicted: 3, truth: 3, empty: 'no' }],
  ['equal, any value but 0 counts', [0, 7], [0, 255], { dice: 1, iou: 1, predicted: 1, truth: 1, empty: 'no' }],
  ['apart', [1, 0], [0, 1], { dice: 0, iou: 0, predicted: 1, truth: 1, empty: 'no' }],
  ['both empty', [0, 0], [0, 0], { dice: 1, iou: 1, predicted: 0, truth: 0, empty: 'both' }],
  ['nothing predicted', [0, 0], [0, 1], { dice: 0, iou: 0, predicted: 0, truth: 1, empty: 'one' }],
  ['nothing to find', [1, 1], [0, 0], { dice: 0, iou: 0, predicted: 2, truth: 0, empty: 'one' }],
])('%s', (_what, pred, truth, score) => {
  expect(maskScore(pred, truth)).toEqual(score);
});

test('a logit of exactly 0 is background', () => {
  expect(logitScore([0, -1, 1e-30, NaN], [1, 0, 1, 0])).toMatchObject({ predicted: 1, dice: 2 / 3 });
});

test('masks of different sizes are refused', () => {
  expect(() => maskScore([1], [1, 0])).toThrow(/prediction has 1 pixels, the truth 2/);
});
