import { expect, test } from 'vitest';
import { addValueNoise, fractalNoise, whiteNoise } from '../../src/data/drawNoise';
import { rng } from '../../src/data/rng';

test('smooth noise is smooth, periodic, within its amplitude, and adds', () => {
  const [w, h] = [60, 40];
  const out = new Float32Array(w * h);
  addValueNoise(out, w, h, 5, 4, 0.5, 7);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const v = out[y * w + x];
      expect(Math.abs(v)).toBeLessThanOrEqual(0.5);
      // The steepest smooth step between grid values -0.5 and 0.5 rises by 1.5 / cell; the last column joins the first.
      expect(Math.abs(out[y * w + ((x + 1) % w)] - v)).toBeLessThan(1.5 / 12 + 1e-6);
      expect(Math.abs(out[((y + 1) % h) * w + x] - v)).toBeLessThan(1.5 / 10 + 1e-6);
    }
  }
  const once = out.slice();
  addValueNoise(out, w, h, 5, 4, 0.5, 7);
  expect(out[100]).toBeCloseTo(2 * once[100], 6);
  expect(Math.max(...once) - Math.min(...once)).toBeGreaterThan(0.3);
});

test('fractal noise replaces what was there and stays within -1..1', () => {
  const out = new Float32Array(64 * 64).fill(9);
  fractalNoise(out, 64, 64, 3, 3, 4, 0.7, rng(1));
  expect(Math.max(...out)).toBeLessThanOrEqual(1);
  expect(Math.min(...out)).toBeGreaterThanOrEqual(-1);
  const again = fractalNoise(new Float32Array(64 * 64), 64, 64, 3, 3, 4, 0.7, rng(1));
  expect(again).toEqual(out);
});

test('white noise has its standard deviation, no mean and no correlation of neighbours', () => {
  const n = 40000;
  const out = whiteNoise(new Float32Array(n), 3, 12);
  let [mean, square, pair] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    mean += out[i] / n;
    square += (out[i] * out[i]) / n;
    if (i > 0) pair += (out[i] * out[i - 1]) / n;
  }
  expect(Math.abs(mean)).toBeLessThan(0.06);
  expect(Math.abs(Math.sqrt(square) - 3)).toBeLessThan(0.05);
  expect(Math.abs(pair)).toBeLessThan(0.15);
  expect(whiteNoise(new Float32Array(8), 3, 13)).not.toEqual(out.slice(0, 8));
});
