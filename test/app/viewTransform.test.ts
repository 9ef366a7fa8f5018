import { expect, test } from 'vitest';
import { fitImage, inside, pan, toCanvas, toImage, ZOOM, zoomAt } from '../../src/app/viewTransform';

const image = { width: 200, height: 100 };
const canvas = { width: 500, height: 400 };

test('fitImage shows the whole image in the middle', () => {
  const t = fitImage(image, canvas, 50);
  expect(t).toEqual({ scale: 2, x: 50, y: 100 });
  expect(toCanvas(t, 0, 0)).toEqual({ x: 50, y: 100 });
  expect(toCanvas(t, 200, 100)).toEqual({ x: 450, y: 300 });
});

test('fitImage keeps a positive scale when the canvas is smaller than its margin', () => {
  expect(fitImage(image, { width: 10, height: 10 }, 50).scale).toBeGreaterThan(0);
});

test('canvas and image coordinates are each other’s inverse', () => {
  const t = { scale: 3.7, x: -41, y: 12.5 };
  const p = toCanvas(t, 17.25, 88);
  const back = toImage(t, p.x, p.y);
  expect(back.x).toBeCloseTo(17.25, 10);
  expect(back.y).toBeCloseTo(88, 10);
});

test('zoom leaves the point under the pointer where it is', () => {
  const t = fitImage(image, canvas);
  const before = toImage(t, 123, 77);
  const after = toImage(zoomAt(t, 1.7, 123, 77, t.scale), 123, 77);
  expect(after.x).toBeCloseTo(before.x, 10);
  expect(after.y).toBeCloseTo(before.y, 10);
});

test('zoom has bounds', () => {
  const t = fitImage(image, canvas);
  expect(zoomAt(t, 1e9, 0, 0, t.scale).scale).toBeCloseTo(t.scale * ZOOM.max);
  expect(zoomAt(t, 1e-9, 0, 0, t.scale).scale).toBeCloseTo(t.scale * ZOOM.min);
});

test('pan cannot lose the image', () => {
  const t = fitImage(image, canvas);
  const far = pan(t, 1e6, -1e6, image, canvas);
  expect(far.x).toBeLessThan(canvas.width);
  expect(far.y + image.height * far.scale).toBeGreaterThan(0);
  expect(pan(t, 3, -4, image, canvas)).toEqual({ ...t, x: t.x + 3, y: t.y - 4 });
});

test('inside tells the image from what lies around it', () => {
  expect(inside({ x: 0, y: 100 }, image)).toBe(true);
  expect(inside({ x: -0.1, y: 5 }, image)).toBe(false);
  expect(inside({ x: 200.1, y: 5 }, image)).toBe(false);
});
