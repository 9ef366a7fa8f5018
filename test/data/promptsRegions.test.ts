import { expect, test } from 'vitest';
import { components, distanceTransform, firstMaximum, pixelsOf } from '../../src/data/promptsRegions';
import { rng } from '../../src/data/rng';

/** By definition: for every foreground pixel the nearest pixel that is background or outside the picture. */
function bruteForce(mask: Uint8Array, width: number, height: number): number[] {
  return Array.from(mask, (v, p) => {
    if (!v) return 0;
    const [px, py] = [p % width, Math.floor(p / width)];
    let best = Number.POSITIVE_INFINITY;
    for (let y = -1; y <= height; y++) {
      for (let x = -1; x <= width; x++) {
        const inside = x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x] > 0;
        if (!inside) best = Math.min(best, (x - px) ** 2 + (y - py) ** 2);
      }
    }
    return best;
  });
}

test('the distance transform of random masks of many shapes is exact', () => {
  for (let n = 0; n < 60; n++) {
    const r = rng(1, 'masks', n);
    const [w, h] = [r.int(1, 17), r.int(1, 13)];
    const density = r.pick([0.3, 0.8, 0.97, 1]);
    const mask = Uint8Array.from({ length: w * h }, () => (r.chance(density) ? 255 : 0));
    expect(Array.from(distanceTransform(mask, w, h))).toEqual(bruteForce(mask, w, h));
  }
});

test('the distance transform of a long thin picture keeps whole numbers', () => {
  const mask = new Uint8Array(3 * 3000).fill(1);
  expect(new Set(distanceTransform(mask, 3000, 3))).toEqual(new Set([1, 4]));
  expect(distanceTransform(mask, 3, 3000)[4501]).toBe(4);
  expect(distanceTransform(new Uint8Array(501 * 501).fill(1), 501, 501)[250 * 501 + 250]).toBe(251 * 251);
});

test('components join across corners and are numbered in raster order', () => {
  const mask = [0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0];
  const found = components(mask, 5, 3);
  expect(found.count).toBe(2);
  expect(found.sizes).toEqual([2, 3]);
  expect(Array.from(found.labels)).toEqual([0, 0, 1, 0, 0, 2, 0, 0, 1, 0, 2, 2, 0, 0, 0]);
});

test('a component that fills a large picture, and pixels that never touch', () => {
  const full = components(new Uint8Array(400 * 400).fill(1), 400, 400);
  expect([full.count, full.sizes]).toEqual([1, [160000]]);
  const dots = Uint8Array.from({ length: 400 * 400 }, (_, p) => (p % 2 === 0 && Math.floor(p / 400) % 2 === 0 ? 1 : 0));
  expect(components(dots, 400, 400).count).toBe(40000);
  expect(components([0, 0], 2, 1)).toEqual({ labels: new Int32Array(2), count: 0, sizes: [] });
});

test('firstMaximum, pixelsOf, and a mask of another size', () => {
  expect(firstMaximum([1, 5, 5, 2])).toBe(1);
  expect(Array.from(pixelsOf([0, 3, 0, 1]))).toEqual([1, 3]);
  expect(() => distanceTransform([1, 1, 1], 2, 2)).toThrow(/3 pixels, expected 2 x 2 = 4/);
  expect(() => components([], 0, 0)).toThrow(/components/);
});
