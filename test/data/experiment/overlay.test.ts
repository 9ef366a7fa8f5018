import { expect, test } from 'vitest';
import { overlayName, overlayPng } from '../../../src/data/experiment/overlay';
import { decodeBytes } from '../../../src/data/image';
import { tinyItem } from '../../train/tiny';

const item = tinyItem(0);
const empty = new Uint8Array(item.mask.length);

/** Pixels of panel k (0 … 3) at (x, y) of the input; a pixel of the input is 8 × 8 in the panel. */
async function pixels(png: Uint8Array) {
  const image = await decodeBytes(png as Uint8Array<ArrayBuffer>);
  const at = (k: number, x: number, y: number) => {
    const p = 3 * ((8 * y + 1) * image.width + k * (32 * 8 + 4) + 8 * x + 1);
    return [...image.data.slice(p, p + 3)];
  };
  return { image, at };
}

test('four panels: image with prompt, truth, before, after; padding is cut off', async () => {
  const { image, at } = await pixels(overlayPng(item, empty, item.mask));
  expect([image.width, image.height]).toEqual([4 * 32 * 8 + 3 * 4, 24 * 8]);
  const grey = (x: number, y: number) => item.image[3 * (y * 32 + x)];
  // (2, 1) is a corner of the square: on the outline, in the colour of its panel.
  expect(at(1, 2, 1)).toEqual([60, 200, 90]);
  expect(at(3, 2, 1)).toEqual([70, 150, 255]);
  expect(at(2, 2, 1)).toEqual(Array(3).fill(grey(2, 1)));
  // Inside it is tinted, outside it is the image.
  expect(at(1, 4, 3)).toEqual([60, 200, 90].map((c) => Math.round(0.65 * 200 + 0.35 * c)));
  expect(at(1, 20, 20)).toEqual(Array(3).fill(grey(20, 20)));
  const x = 3 * (4.5 * 8 * image.width + 5.5 * 8);
  expect([...image.data.slice(x, x + 3)]).toEqual([255, 230, 0]);
});

test('a box is a frame', async () => {
  const box = { ...item, points: Float32Array.of(4, 4, 9, 9), labels: Float32Array.of(2, 3) };
  const { image } = await pixels(overlayPng(box, empty, empty));
  const at = (px: number, py: number) => [
    ...image.data.slice(3 * (py * image.width + px), 3 * (py * image.width + px) + 3),
  ];
  expect(at(36, 50)).toEqual([255, 230, 0]);
  expect(at(50, 76)).toEqual([255, 230, 0]);
  expect(at(50, 50)).not.toEqual([255, 230, 0]);
});

test('names are safe for files', () => {
  expect(overlayName(3, { ...item, id: '../a b/c', className: 'Größe: 1' })).toBe('03-_a_b_c-Größe_1.png');
  expect(overlayName(12, { ...item, id: 'x'.repeat(300) }).length).toBeLessThan(120);
});
