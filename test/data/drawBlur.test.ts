import { expect, test } from 'vitest';
import { blur } from '../../src/data/drawBlur';

test.each([0.3, 0.7, 1.1, 1.2, 2.5, 6])('a point becomes a spot of standard deviation %f, in both directions', (s) => {
  const n = 61;
  const data = new Float32Array(n * n);
  data[30 * n + 30] = 1;
  blur(data, n, n, 1, s, 0.5 * s);
  let [total, xx, yy] = [0, 0, 0];
  for (let p = 0; p < data.length; p++) {
    total += data[p];
    xx += data[p] * ((p % n) - 30) ** 2;
    yy += data[p] * (Math.floor(p / n) - 30) ** 2;
  }
  expect(total).toBeCloseTo(1, 4);
  expect(Math.abs(Math.sqrt(xx) / s - 1)).toBeLessThan(1e-3);
  expect(Math.abs(Math.sqrt(yy) / (0.5 * s) - 1)).toBeLessThan(1e-3);
});

test('a constant stays, borders included, and channels do not mix', () => {
  for (const s of [0.8, 3, 40]) {
    const data = Float32Array.from({ length: 9 * 7 * 3 }, (_, i) => (i % 3) + 1);
    blur(data, 9, 7, 3, s);
    data.forEach((v, i) => {
      expect(Math.abs(v - ((i % 3) + 1))).toBeLessThan(1e-4);
    });
  }
});

test('a single row, a single column and a single pixel', () => {
  const row = Float32Array.from([0, 0, 9, 0, 0]);
  blur(row, 5, 1, 1, 0.6, 0.6);
  expect(row[2]).toBeLessThan(9);
  expect(row[1]).toBe(row[3]);
  const column = Float32Array.from([0, 0, 9, 0, 0]);
  blur(column, 1, 5, 1, 0.6, 0.6);
  expect(Array.from(column)).toEqual(Array.from(row));
  const pixel = Float32Array.from([4]);
  blur(pixel, 1, 1, 1, 5);
  expect(pixel[0]).toBe(4);
});

test('zero leaves the data alone', () => {
  const data = Float32Array.from([1, 5, 2, 8]);
  blur(data, 2, 2, 1, 0, 0);
  expect(Array.from(data)).toEqual([1, 5, 2, 8]);
});
