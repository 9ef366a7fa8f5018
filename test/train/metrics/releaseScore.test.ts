import { expect, test } from 'vitest';
import { releaseScore } from '../../../src/train/metrics/releaseScore';

test('prediction and truth are cut at every threshold, channel by channel', () => {
  // One sample, one channel: at 0.1 and 0.3 two logits are in, at 0.5 to 0.9 one.
  const { iou, dice } = releaseScore([0.4, 2, -1], [0, 1, 1], [1, 1, 1, 3]);
  const at = (both: number, a: number, b: number) => (both + 1e-6) / (a + b - both + 1e-6);
  expect(iou[0]).toBeCloseTo((2 * at(1, 2, 2) + 3 * at(1, 1, 2)) / 5, 12);
  expect(dice[0]).toBeCloseTo((2 * (2.0001 / 4.0001) + 3 * (2.0001 / 3.0001)) / 5, 12);
});

test('a threshold counts as float32: a logit of 0.1 is not above 0.1', () => {
  expect(releaseScore([Math.fround(0.1)], [1], [1, 1, 1, 1], [0.1]).iou[0]).toBeLessThan(0.001);
});

test('what the released code cannot do is refused', () => {
  expect(() => releaseScore(new Array(3).fill(0), new Array(3).fill(0), [1, 3, 1, 1])).toThrow(
    /5 thresholds for 3 channels/,
  );
  expect(() => releaseScore([1], [1, 0], [1, 1, 1, 2])).toThrow(/expected \(B,C,H,W\)/);
});
