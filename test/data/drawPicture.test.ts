import { expect, test } from 'vitest';
import { addPolygon } from '../../src/data/drawFill';
import { blendColour, cover, createPicture, curve, develop, filterColour } from '../../src/data/drawPicture';
import { rng } from '../../src/data/rng';

test('cover labels what is covered by half or more, blurs only its copy, and starts from an empty layer', () => {
  const picture = createPicture(16);
  cover(picture, (l) => addPolygon(l, [0, 0, 16, 0, 16, 16, 0, 16]), 0);
  const cov = cover(picture, (l) => addPolygon(l, [4, 4, 8.6, 4, 8.6, 8, 4, 8]), 1.5, 3);
  expect(Array.from(picture.labels).filter((v) => v === 3).length).toBe(5 * 4);
  expect(cov[15 * 16 + 15]).toBe(0);
  expect(cov[3 * 16 + 6]).toBeGreaterThan(0.05);
});

test('blending and filtering by coverage', () => {
  const picture = createPicture(1);
  blendColour(picture, Float32Array.of(0.5), [1, 0.5, 0.25], 0.5);
  expect(Array.from(picture.rgb)).toEqual([0.25, 0.125, 0.0625]);
  filterColour(picture, Float32Array.of(0.5), [0, 1, 3]);
  expect(Array.from(picture.rgb)).toEqual([0.125, 0.125, 0.125]);
});

test('developing clips, rounds, and keeps grey grey under noise', () => {
  const picture = createPicture(2);
  picture.rgb.set([-1, 0.5, 2, 0.1, 0.2, 0.3]);
  expect(Array.from(develop(picture, 0, 0, false, rng(1)).slice(0, 6))).toEqual([0, 128, 255, 26, 51, 77]);
  const grey = createPicture(20);
  grey.rgb.fill(0.5);
  const image = develop(grey, 0, 10, true, rng(1));
  for (let o = 0; o < image.length; o += 3) expect(image[o] === image[o + 1] && image[o] === image[o + 2]).toBe(true);
  expect(new Set(image).size).toBeGreaterThan(20);
});

test('a curve starts where asked, has its length, and turns by its bend', () => {
  const path = curve(3, 4, { from: 0, bend: 0.5, wiggle: 0 }, 10, 50, rng(1));
  expect([path[0], path[1]]).toEqual([3, 4]);
  let length = 0;
  for (let i = 2; i < path.length; i += 2) length += Math.hypot(path[i] - path[i - 2], path[i + 1] - path[i - 1]);
  expect(length).toBeCloseTo(10, 6);
  // Half a turn over length 10 is a half circle of diameter 20 / pi, towards +y.
  expect(path[100]).toBeCloseTo(3, 2);
  expect(path[101]).toBeCloseTo(4 + 20 / Math.PI, 2);
});
