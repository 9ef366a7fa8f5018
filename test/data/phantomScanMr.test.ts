import { expect, test } from 'vitest';
import type { Plane } from '../../src/data/phantomPlane';
import { scanMr } from '../../src/data/phantomScanMr';

const plane: Plane = { nx: 128, ny: 128, sx: 2, sy: 2, z: 0 };
const still = { soft: 0, uneven: 0, noise: 20, ghost: 0, gain: 1, key: 3 };
const mean = (all: Float32Array) => all.reduce((a, v) => a + v, 0) / all.length;
const scanned = (signal: number, change: Partial<typeof still>) => {
  const value = new Float32Array(128 * 128).fill(signal);
  scanMr(value, plane, { ...still, ...change }, 1);
  return value;
};

test('noise is Rician: in air its mean is σ√(π/2), in signal nearly nothing', () => {
  const air = scanned(0, {});
  expect(Math.min(...air)).toBeGreaterThanOrEqual(0);
  expect(mean(air)).toBeCloseTo(20 * Math.sqrt(Math.PI / 2), 0);
  expect(mean(scanned(400, {}))).toBeCloseTo(400 + 20 ** 2 / 800, 0);
});

test('the coil is uneven, the gain multiplies, a ghost comes from a quarter away', () => {
  const uneven = scanned(400, { noise: 0, uneven: 0.4 });
  expect(Math.max(...uneven) / Math.min(...uneven)).toBeGreaterThan(1.15);
  expect(scanned(400, { noise: 0, gain: 2 })[5]).toBe(800);
  const value = new Float32Array(128 * 128);
  value[64 * 128 + 10] = 100;
  scanMr(value, plane, { ...still, noise: 0, ghost: 0.1 }, 1);
  expect(value[32 * 128 + 10]).toBeCloseTo(10, 4);
});
