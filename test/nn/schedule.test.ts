import { expect, test } from 'vitest';
import { constantRate, cosineRate, exponentialRate, linearRate, multistepRate, stepRate } from '../../src/nn/schedule';

const rates = (f: (t: number) => number, n: number) => Array.from({ length: n }, (_, t) => Number(f(t).toPrecision(6)));

test('constant, step, multistep, exponential', () => {
  expect(rates(constantRate(0.1), 3)).toEqual([0.1, 0.1, 0.1]);
  expect(rates(stepRate(1, 2, 0.5), 6)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
  expect(rates(multistepRate(1, [1, 3], 0.1), 5)).toEqual([1, 0.1, 0.1, 0.01, 0.01]);
  expect(rates(exponentialRate(2, 0.5), 4)).toEqual([2, 1, 0.5, 0.25]);
});

test('linear rises to its end and stays', () => {
  expect(rates(linearRate(1, 0.1, 1, 4), 6)).toEqual([0.1, 0.325, 0.55, 0.775, 1, 1]);
});

test('cosine: from the rate to the minimum, then flat', () => {
  expect(rates(cosineRate(1, 4, 0.2), 6)).toEqual([1, 0.882843, 0.6, 0.317157, 0.2, 0.2]);
});

test('cosine with warm-up: rises first, reaches the full rate when the warm-up is over', () => {
  expect(rates(cosineRate(1, 5, 0, 3), 6)).toEqual([0.25, 0.5, 0.75, 1, 0.5, 0]);
});

test('lengths that make no sense are refused', () => {
  expect(() => stepRate(1, 0, 0.5)).toThrow(/stepRate: every must be positive, got 0/);
  expect(() => linearRate(1, 0, 1, 0)).toThrow(/linearRate: steps must be positive, got 0/);
  expect(() => cosineRate(1, 3, 0, 3)).toThrow(/0 ≤ warmup < steps, got warmup 3, steps 3/);
});
