import { expect, test } from 'vitest';
import { addPolygon, addStroke, clearLayer, createLayer, resolve } from '../../src/data/drawFill';
import { rng } from '../../src/data/rng';

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);

/** Share of an 16 x 16 grid of samples in each pixel that lies inside a polygon (even-odd). */
function sampled(xy: number[], width: number, height: number): Float64Array {
  const out = new Float64Array(width * height);
  const k = 16;
  for (let p = 0; p < out.length; p++) {
    for (let s = 0; s < k * k; s++) {
      const x = (p % width) + ((s % k) + 0.5) / k;
      const y = Math.floor(p / width) + (Math.floor(s / k) + 0.5) / k;
      let inside = false;
      for (let i = 0, j = xy.length - 2; i < xy.length; j = i, i += 2) {
        if (xy[i + 1] > y !== xy[j + 1] > y) {
          const at = xy[i] + ((y - xy[i + 1]) / (xy[j + 1] - xy[i + 1])) * (xy[j] - xy[i]);
          if (x < at) inside = !inside;
        }
      }
      if (inside) out[p] += 1 / (k * k);
    }
  }
  return out;
}

test('coverage of random triangles, partly outside the picture too, is the sampled area', () => {
  const r = rng(1, 'triangles');
  const layer = createLayer(11, 9);
  for (let n = 0; n < 60; n++) {
    const xy = Array.from({ length: 6 }, (_, i) => (i % 2 === 0 ? r.uniform(-4, 15) : r.uniform(-4, 13)));
    clearLayer(layer);
    addPolygon(layer, xy);
    resolve(layer);
    const expected = sampled(xy, 11, 9);
    // 256 samples a pixel can miss the area beside an edge by about its length / 16.
    for (let p = 0; p < expected.length; p++) expect(Math.abs(layer.cov[p] - expected[p])).toBeLessThan(0.06);
  }
});

test('a rectangle between pixels has exact coverage, whichever way round it runs', () => {
  for (const xy of [
    [1.25, 1.5, 3.5, 1.5, 3.5, 3, 1.25, 3],
    [1.25, 3, 3.5, 3, 3.5, 1.5, 1.25, 1.5],
  ]) {
    const layer = createLayer(5, 4);
    addPolygon(layer, xy);
    resolve(layer);
    expect(Array.from(layer.cov)).toEqual([0, 0, 0, 0, 0, 0, 0.375, 0.5, 0.25, 0, 0, 0.75, 1, 0.5, 0, 0, 0, 0, 0, 0]);
  }
});

test('a contour of the opposite direction cuts a hole; overlaps of one direction count once', () => {
  const layer = createLayer(8, 8);
  addPolygon(layer, [1, 1, 7, 1, 7, 7, 1, 7]);
  addPolygon(layer, [3, 3, 3, 5, 5, 5, 5, 3]);
  resolve(layer);
  expect(sum(layer.cov)).toBe(32);
  clearLayer(layer);
  addPolygon(layer, [1, 1, 5, 1, 5, 5, 1, 5]);
  addPolygon(layer, [3, 3, 7, 3, 7, 7, 3, 7]);
  resolve(layer);
  expect(sum(layer.cov)).toBe(28);
});

test('a layer is empty after clearing, and its box holds all it covers', () => {
  const layer = createLayer(20, 20);
  addPolygon(layer, [5.5, 6, 9, 6, 9, 12.5, 5.5, 12.5]);
  resolve(layer);
  expect([layer.x0, layer.y0, layer.x1 >= 9, layer.y1 >= 13]).toEqual([5, 6, true, true]);
  clearLayer(layer);
  resolve(layer);
  expect(sum(layer.cov)).toBe(0);
});

test('a stroke covers length times mean width', () => {
  const layer = createLayer(40, 20);
  addStroke(layer, [5, 5, 20, 8, 35, 15], 4, 2);
  resolve(layer);
  const length = Math.hypot(15, 3) + Math.hypot(15, 7);
  expect(Math.abs(sum(layer.cov) - 3 * length)).toBeLessThan(0.04 * 3 * length);
  for (const v of layer.cov) expect(v >= 0 && v <= 1).toBe(true);
});
