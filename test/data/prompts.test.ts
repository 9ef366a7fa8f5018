import { expect, test } from 'vitest';
import { checkPrompt, joinPrompts, negativePoints, packPrompts, pointPrompt } from '../../src/data/prompts';
import { rng } from '../../src/data/rng';

/** A disc in a 40 x 30 picture. */
const [width, height] = [40, 30];
const disc = Uint8Array.from({ length: width * height }, (_, p) =>
  Math.hypot((p % width) - 22, Math.floor(p / width) - 13) < 8.2 ? 1 : 0,
);

test('point-1 spreads over the whole object; the centre is its most inner pixel', () => {
  const seen = new Set<number>();
  const r = rng(1, 'points');
  for (let n = 0; n < 3000; n++) {
    const { points, labels } = pointPrompt(disc, width, height, { rng: r });
    expect(labels).toEqual([1]);
    const p = points[1] * width + points[0];
    expect(disc[p]).toBe(1);
    seen.add(p);
  }
  expect(seen.size).toBe(disc.reduce((a, b) => a + b, 0));
  expect(pointPrompt(disc, width, height, 'center')).toEqual({ points: [22, 13], labels: [1] });
});

test('several points differ, and there are never more than pixels', () => {
  const three = pointPrompt(disc, width, height, { rng: rng(2), count: 3 });
  expect(three.labels).toEqual([1, 1, 1]);
  const two = Uint8Array.from([0, 1, 0, 1]);
  for (let n = 0; n < 20; n++) {
    const { points } = pointPrompt(two, 2, 2, { rng: rng(3, n), count: 3 });
    expect([points.slice(0, 2), points.slice(2)].sort()).toEqual([
      [1, 0],
      [1, 1],
    ]);
  }
});

test('negative points lie on background near the object, or anywhere when there is none near', () => {
  const r = rng(5);
  for (let n = 0; n < 50; n++) {
    const { points, labels } = negativePoints(disc, width, height, { rng: r, count: 2, margin: 0.25 });
    expect(labels).toEqual([0, 0]);
    for (let i = 0; i < 4; i += 2) {
      expect(disc[points[i + 1] * width + points[i]]).toBe(0);
      expect(Math.abs(points[i] - 22)).toBeLessThanOrEqual(12.5);
    }
  }
  const corner = Uint8Array.from([1, 0, 0, 0]);
  expect(negativePoints(corner, 4, 1, { rng: r, margin: 0 }).labels).toEqual([0]);
  expect(() => negativePoints([1, 1], 2, 1, { rng: r })).toThrow(/fills its 2 x 1 picture/);
});

test('packing pads with label -1 and keeps rows apart', () => {
  const packed = packPrompts([
    { points: [1, 2], labels: [1] },
    joinPrompts({ points: [3, 4, 5, 6], labels: [2, 3] }, { points: [7, 8], labels: [0] }),
  ]);
  expect([packed.B, packed.P]).toEqual([2, 3]);
  expect(Array.from(packed.points)).toEqual([1, 2, 0, 0, 0, 0, 3, 4, 5, 6, 7, 8]);
  expect(Array.from(packed.labels)).toEqual([1, -1, -1, 2, 3, 0]);
  expect(packed.points).toBeInstanceOf(Float32Array);
  expect(packed.labels).toBeInstanceOf(Int32Array);
});

test('packing refuses nothing, odd lengths and NaN', () => {
  expect(() => packPrompts([])).toThrow(/empty/);
  expect(() => packPrompts([{ points: [1, 2, 3], labels: [1] }])).toThrow(/prompt 0 has 3 coordinates for 1 labels/);
  const good = { points: [1, 2], labels: [1] };
  expect(() => packPrompts([good, { points: [1, Number.NaN], labels: [1] }])).toThrow(
    /coordinate 1 of prompt 1 is NaN/,
  );
});

test.each([
  [{ points: [10, -1], labels: [1] }, /click: point 0 at \(10, -1\) lies outside the 40 x 30 image/],
  [{ points: [5, 5, 41, 3], labels: [1, 0] }, /click: point 1 at \(41, 3\) lies outside/],
  [{ points: [3, 31], labels: [1] }, /outside/],
  [{ points: [Number.NaN, 3], labels: [1] }, /point 0 at \(NaN, 3\) is not a pair of numbers/],
  [{ points: [1, Number.POSITIVE_INFINITY], labels: [1] }, /not a pair of numbers/],
  [{ points: [1, 2], labels: [4] }, /label 4, expected/],
  [{ points: [1, 2], labels: [1, 1] }, /2 coordinates for 2 labels/],
  [{ points: [9, 9, 3, 12], labels: [2, 3] }, /lies before its first, \(9, 9\)/],
])('a bad prompt is named: %o', (prompt, message) => {
  expect(() => checkPrompt(prompt, width, height, 'click')).toThrow(message);
});

test('good prompts pass, at the borders and with padding too', () => {
  checkPrompt({ points: [0, 0, 40, 30, -9, -9], labels: [1, 0, -1] }, width, height);
  checkPrompt({ points: [3, 4, 3, 4], labels: [2, 3] }, width, height);
});
