import { expect, test } from 'vitest';
import { fanInUniform, initialValues, normal, ones, zeros } from '../../src/nn/init';

test('uniform stays in its bound and fills it', () => {
  const x = initialValues(fanInUniform(16), [4096], 'w', 1);
  expect(Math.max(...x.map(Math.abs))).toBeLessThanOrEqual(0.25);
  expect(Math.max(...x)).toBeGreaterThan(0.249);
  expect(Math.min(...x)).toBeLessThan(-0.249);
  expect(Math.abs(x.reduce((a, b) => a + b) / x.length)).toBeLessThan(0.01);
});

test('normal has the deviation asked for', () => {
  const x = initialValues(normal(0.02), [8191], 'w', 1);
  const mean = x.reduce((a, b) => a + b) / x.length;
  const std = Math.sqrt(x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length);
  expect(Math.abs(mean)).toBeLessThan(1e-3);
  expect(std).toBeGreaterThan(0.0194);
  expect(std).toBeLessThan(0.0206);
});

test('constants and given values', () => {
  expect([...initialValues(zeros, [2], 'a', 0)]).toEqual([0, 0]);
  expect([...initialValues(ones, [2], 'a', 0)]).toEqual([1, 1]);
  expect([...initialValues({ kind: 'constant', value: 0.5 }, [2], 'a', 0)]).toEqual([0.5, 0.5]);
  expect([...initialValues({ kind: 'values', values: [1, 2] }, [2], 'a', 0)]).toEqual([1, 2]);
  expect(() => initialValues({ kind: 'values', values: [1] }, [2], 'a', 0)).toThrow(/a: 1 values for shape \[2\]/);
});
