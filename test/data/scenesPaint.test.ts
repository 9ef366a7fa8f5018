import { expect, test } from 'vitest';
import { createLayer } from '../../src/data/drawFill';
import { rng } from '../../src/data/rng';
import type { Canvas } from '../../src/data/scenes';
import { castShadow, drawBrush, drawCamera, drawShadow, finish, paint, type Surface } from '../../src/data/scenesPaint';

const size = 32;
const flat: Surface = {
  base: [0.2, 0.4, 0.8],
  tint: [1, 1, 1],
  gradientX: 0,
  gradientY: 0,
  coarse: 0,
  fine: 0,
  stripes: 0,
  speckle: 0,
};

/** A grey canvas whose layer covers the columns 8..15 by the given share. */
function canvasWith(share: number): Canvas {
  const plane = () => new Float32Array(size * size);
  const layer = createLayer(size, size);
  Object.assign(layer, { x0: 8, y0: 0, x1: 16, y1: size });
  for (let y = 0; y < size; y++) layer.cov.fill(share, y * size + 8, y * size + 16);
  return {
    size,
    rgb: new Float32Array(3 * size * size).fill(0.5),
    layer,
    shadow: plane(),
    coarse: plane(),
    fine: plane(),
  };
}

const pixel = (canvas: Canvas, x: number, y: number) =>
  Array.from(canvas.rgb.slice(3 * (y * size + x), 3 * (y * size + x) + 3));

test('a flat surface is blended by its coverage and touches nothing else', () => {
  const canvas = canvasWith(0.5);
  paint(canvas, flat, drawBrush(size, flat, rng(1)));
  for (const [channel, expected] of [0.35, 0.45, 0.65].entries())
    expect(pixel(canvas, 10, 3)[channel]).toBeCloseTo(expected, 6);
  expect(pixel(canvas, 7, 3)).toEqual([0.5, 0.5, 0.5]);
  expect(pixel(canvas, 16, 3)).toEqual([0.5, 0.5, 0.5]);
});

test('a gradient rises by its slope from its centre, along the tint', () => {
  const canvas = canvasWith(1);
  const sloped = { ...flat, tint: [1, 0, -1], gradientX: 0.01, centreX: 10, centreY: 0 };
  paint(canvas, sloped, drawBrush(size, sloped, rng(1)));
  const expected = [0.24, 0.4, 0.76];
  for (const [channel, v] of expected.entries()) expect(pixel(canvas, 14, 9)[channel]).toBeCloseTo(v, 5);
});

test.each(['stripes', 'speckle'] as const)('%s vary by no more than their amplitude, about the base', (kind) => {
  const canvas = canvasWith(1);
  const textured = { ...flat, [kind]: 0.1 };
  paint(canvas, textured, drawBrush(size, textured, rng(3)));
  const reds = Array.from({ length: size * 8 }, (_, i) => pixel(canvas, 8 + (i % 8), Math.floor(i / 8))[0]);
  expect(Math.max(...reds)).toBeLessThanOrEqual(0.3 + 1e-6);
  expect(Math.min(...reds)).toBeGreaterThanOrEqual(0.1 - 1e-6);
  expect(Math.max(...reds) - Math.min(...reds)).toBeGreaterThan(0.1);
  expect(Math.abs(reds.reduce((a, b) => a + b, 0) / reds.length - 0.2)).toBeLessThan(0.03);
});

test('a shadow only darkens, and only near its shape', () => {
  const canvas = canvasWith(1);
  castShadow(canvas, drawShadow(size, 8, rng(2)));
  expect(Math.max(...canvas.rgb)).toBeLessThanOrEqual(0.5);
  expect(pixel(canvas, 12, 16)[0]).toBeLessThan(0.45);
  expect(pixel(canvas, 31, 16)[0]).toBe(0.5);
});

test('the camera keeps grey grey and order: what is brighter stays brighter', () => {
  const canvas = canvasWith(1);
  paint(canvas, { ...flat, base: [0.9, 0.9, 0.9] }, drawBrush(size, flat, rng(1)));
  const image = finish(canvas, true, drawCamera(size, 0, rng(4)));
  expect(image.every((v, i) => v === image[i - (i % 3)])).toBe(true);
  expect(image[3 * (16 * size + 12)]).toBeGreaterThan(image[3 * (16 * size + 28)] + 40);
});
