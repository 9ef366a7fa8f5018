import { expect, test } from 'vitest';
import { boxPrompt, jitterBox } from '../../src/data/promptsBox';
import { rng } from '../../src/data/rng';
import { type Box, boxIoU } from '../../src/train/metrics/box';

test.each([0.5, 0.75, 0.9, 1])('a box jittered to IoU %f has it, in the picture, in every case', (iou) => {
  const r = rng(3, 'boxes', Math.round(iou * 100));
  for (let n = 0; n < 300; n++) {
    const [w, h] = [r.int(12, 200), r.int(12, 200)];
    const [a, b, c, d] = [r.int(0, w - 1), r.int(0, w - 1), r.int(0, h - 1), r.int(0, h - 1)];
    const box: Box = [Math.min(a, b), Math.min(c, d), Math.max(a, b), Math.max(c, d)];
    const out = jitterBox(box, iou, w, h, r);
    expect(Math.abs(boxIoU(box, out) - iou)).toBeLessThanOrEqual(0.02);
    expect(out[0] >= 0 && out[1] >= 0 && out[2] <= w - 1 && out[3] <= h - 1).toBe(true);
    expect(out[0] <= out[2] && out[1] <= out[3]).toBe(true);
  }
});

test('jitter moves all four sides, to either side', () => {
  const r = rng(4, 'sides');
  const box: Box = [40, 50, 80, 90];
  const outward = [0, 0, 0, 0];
  for (let n = 0; n < 400; n++) {
    const out = jitterBox(box, 0.75, 128, 128, r);
    for (let s = 0; s < 4; s++) if (s < 2 ? out[s] < box[s] : out[s] > box[s]) outward[s]++;
  }
  for (const count of outward) expect(count > 100 && count < 300).toBe(true);
});

test('a jitter that is impossible or asks for nonsense says so', () => {
  expect(() => jitterBox([0, 0, 0, 0], 0.5, 1, 1, rng(1))).toThrow(/no box of IoU 0.5.*1 x 1/);
  expect(() => jitterBox([0, 0, 5, 5], 1.5, 9, 9, rng(1))).toThrow(/iou must be in 0.05..1, got 1.5/);
  expect(() => jitterBox([4, 0, 10, 5], 0.5, 9, 9, rng(1))).toThrow(/\[4, 0, 10, 5\] is not a box inside a 9 x 9/);
  expect(() => jitterBox([Number.NaN, 0, 3, 5], 0.5, 9, 9, rng(1))).toThrow(/NaN/);
});

test('a box is coded as two points with the labels 2 and 3', () => {
  expect(boxPrompt([1, 2, 3, 4])).toEqual({ points: [1, 2, 3, 4], labels: [2, 3] });
});
