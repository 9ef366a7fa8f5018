import { expect, test } from 'vitest';
import type { GoldenArray } from '../../../src/train/goldens/files';
import { compareRounded, roundingOf, UNIT } from '../../../src/train/goldens/rounding16';

const f32 = (...data: number[]): GoldenArray => ({ dtype: 'F32', shape: [data.length], data: Float32Array.from(data) });
const stats = Object.fromEntries(
  ['out', 'grad.a', 'grad.b.bias', 'grad.b.weight', 'delta2.a', 'losses'].map((n) => [n, { suggested_atol: 1e-6 }]),
);
const rounding = { stored: 16, rate: 0.01, steps: 2 };

function ratio(name: string, want: GoldenArray, got: number[], others: Record<string, GoldenArray> = {}): number {
  const expected = new Map([[name, want], ...Object.entries(others)]);
  const computed = new Map([
    [name, Float32Array.from(got)],
    ...Object.entries(others).map(([n, t]) => [n, t.data as Float32Array] as const),
  ]);
  return compareRounded(expected, computed, stats, rounding)[0].ratio;
}

test('the forward has the tolerance of 32 bits, a gradient four roundings more for sixteen stored values', () => {
  expect(ratio('out', f32(1), [1 + 1e-5])).toBeGreaterThan(1);
  expect(ratio('grad.a', f32(2, 0), [2, 3.9 * UNIT * 2])).toBeLessThan(1);
  expect(ratio('grad.a', f32(2, 0), [2, 4.1 * UNIT * 2])).toBeGreaterThan(1);
  expect(ratio('grad.a', f32(2, 0), [Number.NaN, 0])).toBe(Number.POSITIVE_INFINITY);
});

test("a bias that cancels has its weight's size", () => {
  const weight = { 'grad.b.weight': f32(1) };
  expect(ratio('grad.b.bias', f32(0), [3.9 * UNIT], weight)).toBeLessThan(1);
  expect(ratio('grad.b.bias', f32(0), [4.1 * UNIT], weight)).toBeGreaterThan(1);
});

test('steps: elements with large gradients hardly move, those near zero by two rates a step; what is longer fails', () => {
  const g = { 'grad.a': f32(1, 1e-6) };
  const small = 0.01 * 2 * 2 * Math.SQRT2 * 4 * UNIT;
  expect(ratio('delta2.a', f32(0, 0), [0.99 * small, 0], g)).toBeLessThan(1);
  expect(ratio('delta2.a', f32(0, 0), [1.01 * small, 0], g)).toBeGreaterThan(1);
  expect(ratio('delta2.a', f32(0, 0), [0, 0.0399], g)).toBeLessThan(1);
  expect(ratio('delta2.a', f32(0, 0), [0, 0.0401], g)).toBeGreaterThan(1);
  expect(ratio('delta2.a', f32(0, 0), [0], g)).toBe(Number.POSITIVE_INFINITY);
});

test('losses: the first is of the forward alone', () => {
  const g = { 'grad.a': f32(1) };
  const later = 0.01 * 2 * 4 * UNIT;
  expect(ratio('losses', f32(1, 1), [1 + 1e-5, 1], g)).toBeGreaterThan(1);
  expect(ratio('losses', f32(1, 1), [1, 1 + 0.9 * later], g)).toBeLessThan(1);
  expect(ratio('losses', f32(1, 1), [1, 1 + 1.1 * later], g)).toBeGreaterThan(1);
});

test('rates as cases state them', () => {
  expect(roundingOf({ optimizer: { lr: 0.5 }, steps: 3 }, 7)).toEqual({ stored: 7, rate: 0.5, steps: 3 });
  expect(roundingOf({ args: { lr: 0.25 }, optimizer: 'Adam(lr=0.25)' }, 7)).toEqual({
    stored: 7,
    rate: 0.25,
    steps: 1,
  });
});
