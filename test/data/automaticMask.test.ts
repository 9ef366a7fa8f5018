import { expect, test } from 'vitest';
import {
  boxIou,
  enlargeMask,
  type MaskBox,
  maskBox,
  nms,
  pointGrid,
  stabilityScore,
} from '../../src/data/automaticMask';
import { rng } from '../../src/data/rng';

const picture = (...lines: string[]) => Uint8Array.from(lines.join(''), (c) => (c === '#' ? 1 : 0));

test('points in the middle of equal parts, row by row, x first', () => {
  expect(pointGrid(2, [8, 4])).toEqual([
    [1, 2],
    [3, 2],
    [1, 6],
    [3, 6],
  ]);
  // build_point_grid(3): linspace(1/6, 5/6, 3).
  expect(pointGrid(3, [1, 1]).map(([x]) => x)[1]).toBeCloseTo(0.5, 12);
  expect(pointGrid(3, [1, 1])[0][0]).toBeCloseTo(1 / 6, 12);
});

test('stability: how much the mask shrinks when the threshold moves up and grows when it moves down', () => {
  expect(stabilityScore([2, 2, 0.5, -0.5, -2])).toBe(0.5);
  expect(stabilityScore([2, 2, 0.5, -0.5, -2], { offset: 0.2 })).toBe(1);
  expect(stabilityScore([-5, 2, 2, -5], { from: 1, length: 2 })).toBe(1);
  expect(stabilityScore([-5, -5])).toBe(0);
});

test('the box holds the first and the last pixel; none of nothing', () => {
  expect(maskBox(picture('.....', '..##.', '.#...', '.....'), 5)).toEqual([1, 1, 3, 2]);
  expect(maskBox(picture('...'), 3)).toBeNull();
  expect(boxIou([0, 0, 4, 4], [2, 0, 6, 4])).toBeCloseTo(8 / 24, 12);
  expect(boxIou([0, 0, 0, 4], [0, 0, 0, 4])).toBe(0);
});

test('of boxes that overlap too much the best stays: as by definition, on random boxes', () => {
  const random = rng(3);
  const boxes = Array.from({ length: 60 }, (): MaskBox => {
    const [x, y] = [random.uniform(0, 40), random.uniform(0, 40)];
    return [x, y, x + random.uniform(5, 30), y + random.uniform(5, 30)];
  });
  const scores = boxes.map(() => random.uniform(0, 1));
  const kept = nms(boxes, scores, 0.4);
  expect(kept.map((i) => scores[i])).toEqual(kept.map((i) => scores[i]).toSorted((a, b) => b - a));
  expect(kept.length).toBeGreaterThan(5);
  expect(kept.length).toBeLessThan(60);
  for (const i of boxes.keys()) {
    const better = kept.filter((k) => scores[k] > scores[i]);
    expect(better.every((k) => boxIou(boxes[k], boxes[i]) <= 0.4)).toBe(kept.includes(i));
  }
});

test('enlarging keeps a constant, cuts the padding off, and is linear between', () => {
  const low = Float32Array.from({ length: 16 }, (_, i) => i % 4);
  const out = enlargeMask(low, 8, [2, 8]);
  expect(out.length).toBe(16);
  expect([...out.slice(0, 8)]).toEqual([0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]);
  expect(enlargeMask(new Float32Array(16).fill(2), 8, [5, 3])).toEqual(new Float32Array(15).fill(2));
});
