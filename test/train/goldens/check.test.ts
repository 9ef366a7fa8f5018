import { expect, test } from 'vitest';
import { compareAll, makeCheck, maxError, partOf, worstRatio } from '../../../src/train/goldens/check';
import type { GoldenArray } from '../../../src/train/goldens/files';

const f32 = (...data: number[]): GoldenArray => ({ dtype: 'F32', shape: [data.length], data: Float32Array.from(data) });
const bool = (...data: number[]): GoldenArray => ({ ...f32(...data), dtype: 'BOOL' });

test('parts by name', () => {
  expect(partOf('act.blocks.0')).toBe('forward');
  expect(partOf('grad.blocks.0.attn.qkv.weight')).toBe('gradient');
  expect(partOf('grad_in.x')).toBe('gradient');
  expect(partOf('layer_norm.0.grad.x')).toBe('gradient');
  expect(partOf('delta3.blocks.0')).toBe('step');
  expect(partOf('losses')).toBe('step');
});

test('errors: length and NaN fail', () => {
  expect(maxError([1, 2], [1, 2.5])).toBe(0.5);
  expect(maxError([1], [1, 2])).toBe(Number.POSITIVE_INFINITY);
  expect(maxError([Number.NaN, 0], [0, 0])).toBe(Number.POSITIVE_INFINITY);
  expect(maxError([0, Number.NaN], [5, Number.NaN])).toBe(Number.POSITIVE_INFINITY);
});

test('ratios: a tolerance of 0 asks for equality', () => {
  expect(makeCheck('a', 0, 0).ratio).toBe(0);
  expect(makeCheck('a', 1e-9, 0).ratio).toBe(Number.POSITIVE_INFINITY);
  expect(makeCheck('a', 1, 2).ratio).toBe(0.5);
  expect(makeCheck('a', Number.NaN, 2).ratio).toBe(Number.POSITIVE_INFINITY);
  expect(makeCheck('a', Number.POSITIVE_INFINITY, 2).ratio).toBe(Number.POSITIVE_INFINITY);
});

test('what is expected and not computed fails, and so does what has no tolerance', () => {
  const stats = { a: { suggested_atol: 0.1 } };
  const checks = compareAll(
    new Map([
      ['a', f32(1)],
      ['b', f32(1)],
      ['c', f32(1)],
    ]),
    new Map([
      ['a', Float32Array.of(1.05)],
      ['c', Float32Array.of(1.001)],
    ]),
    stats,
  );
  expect(checks.map((c) => c.ratio <= 1)).toEqual([true, false, false]);
  expect(worstRatio(checks, 'forward')).toBe(Number.POSITIVE_INFINITY);
  expect(worstRatio(checks, 'gradient')).toBe(null);
});

test('a gradient must not be compared with the tolerance of another tensor', () => {
  const expected = new Map([['grad.w', f32(10)]]);
  const computed = new Map([['grad.w', Float32Array.of(10.2)]]);
  expect(compareAll(expected, computed, { 'grad.w': { suggested_atol: 0.1 } })[0].ratio).toBeCloseTo(2, 5);
});

test('masks may differ where the logit is within its tolerance of 0', () => {
  const expected = new Map([['x.masks', bool(1, 0, 1)]]);
  const logits = Float32Array.of(0.5, 1e-5, 2);
  const computed = new Map([
    ['x.masks', Float32Array.of(1, 1, 1)],
    ['x.logits', logits],
  ]);
  expect(compareAll(expected, computed, { 'x.logits': { suggested_atol: 2e-5 } })[0].ratio).toBeCloseTo(0.5, 3);
  expect(compareAll(expected, computed, { 'x.logits': { suggested_atol: 2e-6 } })[0].ratio).toBeGreaterThan(1);
  expect(compareAll(expected, new Map([['x.masks', Float32Array.of(1, 0, 1)]]), {})[0].ratio).toBe(
    Number.POSITIVE_INFINITY,
  );
});

test('images of 8 bits may differ by one level, integers by nothing', () => {
  const image = { ...f32(7, 8), dtype: 'U8' };
  const sizes = { ...f32(7, 8), dtype: 'I32' };
  const one = new Map([['a', Float32Array.of(7, 9)]]);
  expect(compareAll(new Map([['a', image]]), one, {})[0].ratio).toBe(1);
  expect(compareAll(new Map([['a', sizes]]), one, {})[0].ratio).toBe(Number.POSITIVE_INFINITY);
});

test('elements that rounding may move are compared apart, with a bound of their own', () => {
  const run = (...got: number[]) =>
    compareAll(
      new Map([['delta2.a', f32(1, 2, 3)]]),
      new Map([['delta2.a', Float32Array.from(got)]]),
      { 'delta2.a': { suggested_atol: 0.01 } },
      new Map([['delta2.a', { elements: [1], tolerance: 0.5 }]]),
    );
  expect(run(1.001, 2.4, 3).map((c) => c.ratio <= 1)).toEqual([true, true]);
  expect(run(1.1, 2, 3).map((c) => c.ratio <= 1)).toEqual([false, true]);
  const [others, apart] = run(1, 2.6, 3);
  expect(others.ratio).toBe(0);
  expect([apart.ratio > 1, apart.part]).toEqual([true, 'step']);
  expect(run(1, 2).map((c) => c.ratio)).toEqual([Number.POSITIVE_INFINITY]);
});
