import { expect, test } from 'vitest';
import { addValueNoise3d, fractalNoise3d } from '../../src/data/drawNoise3d';
import { rng } from '../../src/data/rng';

test('smooth, within its amplitude, from the key alone, in all three directions', () => {
  const dims = [24, 20, 16] as const;
  const field = () => {
    const out = new Float32Array(24 * 20 * 16);
    addValueNoise3d(out, dims, [3, 2, 2], 0.5, 77);
    return out;
  };
  const f = field();
  expect(field()).toEqual(f);
  expect(Math.max(...f)).toBeLessThanOrEqual(0.5);
  expect(Math.max(...f) - Math.min(...f)).toBeGreaterThan(0.3);
  for (const step of [1, 24, 480]) {
    let [most, moved] = [0, 0];
    for (let i = 0; i + step < f.length; i++) {
      if (step === 1 && i % 24 === 23) continue;
      if (step === 24 && Math.floor(i / 24) % 20 === 19) continue;
      most = Math.max(most, Math.abs(f[i + step] - f[i]));
      moved += Math.abs(f[i + step] - f[i]);
    }
    expect(most).toBeLessThan(0.25); // 1.5 × the range over the samples of a cell
    expect(moved).toBeGreaterThan(1);
  }
});

test('octaves stay within −1..1, and a thin field takes no more cells than it has samples', () => {
  const f = fractalNoise3d([32, 32, 3], [8, 8, 2], 4, 0.7, rng(1, 'noise'));
  expect(f.every((v) => Math.abs(v) <= 1)).toBe(true);
  expect(f.every(Number.isFinite)).toBe(true);
});
