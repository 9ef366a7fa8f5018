import { expect, test } from 'vitest';
import { colourOf, heatPixels, reachOf, startOf } from '../../../src/app/inside/heat';

test('what has a sign is white at 0, blue below, red above; sizes go from dark to bright', () => {
  expect(colourOf(0.5, true)).toEqual([247, 247, 247]);
  const [low, high] = [colourOf(0, true), colourOf(1, true)];
  expect([low[2] > low[0], high[0] > high[2]]).toEqual([true, true]);
  const light = (t: number) => colourOf(t, false).reduce((a, b) => a + b, 0);
  for (let t = 0; t < 0.95; t += 0.1) expect(light(t + 0.1)).toBeGreaterThan(light(t));
});

test('pixels: NaN lets the image through, the strongest value least', () => {
  expect(reachOf([Number.NaN, -3, 2])).toBe(3);
  const pixels = heatPixels([Number.NaN, 1, 0.5], 1, false, true);
  expect([pixels[3], pixels[7], pixels[11]]).toEqual([0, 220, 130]);
  expect([...heatPixels([-2, 2], 2, true, false)]).toEqual([...colourOf(0, true), 255, ...colourOf(1, true), 255]);
  expect(heatPixels([0], 0, false, false)[3]).toBe(255);
});

test('a scale begins at the smallest value only where that is far from 0', () => {
  expect(startOf([0.8, Number.NaN, 1], false)).toBe(0.8);
  expect(startOf([0.1, 1], false)).toBe(0);
  expect(startOf([0.8, 1], true)).toBe(0);
  expect([...heatPixels([0.8, 1], 1, false, false, 0.8)]).toEqual([
    ...colourOf(0, false),
    255,
    ...colourOf(1, false),
    255,
  ]);
});
