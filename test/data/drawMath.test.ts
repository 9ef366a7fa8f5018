import { expect, test } from 'vitest';
import { bell, clamp, cosTurns, hash32, ln, mix, sinTurns, smoothstep } from '../../src/data/drawMath';

test('sine and cosine in turns agree with the engine to 1e-10, and are exact where they are 0 or of one size', () => {
  for (let i = -4000; i <= 4000; i++) {
    const t = i * 0.000917;
    expect(Math.abs(sinTurns(t) - Math.sin(2 * Math.PI * t))).toBeLessThan(1e-10);
    expect(Math.abs(cosTurns(t) - Math.cos(2 * Math.PI * t))).toBeLessThan(1e-10);
  }
  expect(sinTurns(0)).toBe(0);
  expect(sinTurns(3.3)).toBeCloseTo(-sinTurns(-3.3), 12);
});

test('ln agrees with the engine from the smallest to the largest numbers', () => {
  for (let e = -300; e <= 300; e += 7) {
    for (const m of [1, 1.3, 1.4143, 1.9999, 7.7]) {
      const x = m * 10 ** e;
      expect(Math.abs(ln(x) - Math.log(x))).toBeLessThan(1e-11 * Math.max(1, Math.abs(Math.log(x))));
    }
  }
  expect(ln(1)).toBe(0);
  for (const bad of [0, -1, Number.NaN, Infinity, 1e-320]) expect(() => ln(bad)).toThrow(/positive number/);
});

test('clamp, mix, smoothstep and bell', () => {
  expect([clamp(-1, 0, 2), clamp(1, 0, 2), clamp(3, 0, 2)]).toEqual([0, 1, 2]);
  expect(mix(2, 6, 0.25)).toBe(3);
  expect([smoothstep(1, 3, 0), smoothstep(1, 3, 2), smoothstep(1, 3, 4)]).toEqual([0, 0.5, 1]);
  expect([smoothstep(3, 1, 0), smoothstep(3, 1, 4)]).toEqual([1, 0]);
  expect(bell(0)).toBe(1);
  expect(bell(5)).toBe(0);
  expect(bell(99)).toBe(0);
  for (let q = 0; q < 6; q += 0.1) expect(Math.abs(bell(q) - Math.exp(-q))).toBeLessThan(0.08);
});

test('hash32: one input bit turns over about half of the output bits', () => {
  let turned = 0;
  let n = 0;
  for (let x = 1; x < 200; x++) {
    for (let bit = 0; bit < 32; bit++) {
      let d = hash32(x * 2654435) ^ hash32((x * 2654435) ^ (1 << bit));
      for (; d !== 0; d &= d - 1) turned++;
      n += 32;
    }
  }
  expect(Math.abs(turned / n - 0.5)).toBeLessThan(0.01);
  expect(hash32(5)).toBeGreaterThanOrEqual(0);
});
