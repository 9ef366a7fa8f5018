import { expect, test } from 'vitest';
import { grid } from '../../../src/train/metrics/grid';
import { classScores, segmentationScore } from '../../../src/train/metrics/segmentationScore';

const on = grid([3, 4], [2, 1]);
const mask = (...at: number[]) => Uint8Array.from({ length: 12 }, (_, p) => (at.includes(p) ? 1 : 0));

test('overlap and surface distance of two single pixels', () => {
  const score = segmentationScore(mask(0), mask(4), on, 1);
  expect(score).toEqual({ dice: 0, iou: 0, predicted: 1, truth: 1, empty: 'no', hd95: 2, nsd: 0 });
  expect(segmentationScore(mask(0), mask(4), on, 2).nsd).toBe(1);
  expect(segmentationScore(mask(5), mask(5), on, 0)).toMatchObject({ dice: 1, hd95: 0, nsd: 1 });
});

test('empty masks follow the written rules and say so', () => {
  expect(segmentationScore(mask(), mask(), on, 1)).toMatchObject({ dice: 1, iou: 1, hd95: 0, nsd: 1, empty: 'both' });
  const one = { dice: 0, iou: 0, hd95: 5, nsd: 0, empty: 'one' };
  expect(segmentationScore(mask(1), mask(), on, 1)).toMatchObject(one);
  expect(segmentationScore(mask(), mask(1), on, 1)).toMatchObject(one);
});

test('every class of a label map is scored by itself', () => {
  const truth = [1, 1, 2, 2];
  const pred = [1, 2, 2, 0];
  const classes = [
    { name: 'disc', value: 1 },
    { name: 'cup', value: 2 },
    { name: 'none', value: 3 },
  ];
  const scores = classScores(pred, truth, classes, grid([1, 4]), 1);
  expect(scores.map((s) => [s.className, s.dice, s.empty])).toEqual([
    ['disc', 2 / 3, 'no'],
    ['cup', 1 / 2, 'no'],
    ['none', 1, 'both'],
  ]);
});

test('sizes and tolerances that make no sense are refused', () => {
  expect(() => segmentationScore([1], mask(), on, 1)).toThrow(/prediction.*1 pixels, expected 4 x 3 = 12/);
  expect(() => segmentationScore(mask(), mask(), on, -1)).toThrow(/tolerance -1/);
  expect(() => classScores(mask(), [1], [], on, 1)).toThrow(/truth/);
});
