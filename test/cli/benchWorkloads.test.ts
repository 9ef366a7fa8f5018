import { expect, test } from 'vitest';
import { values, vitWeights, WORKLOADS, weightValues } from '../../src/cli/benchWorkloads';
import { worstError } from '../bench/compare';

test('numbers depend on the name alone, and lie within the scale', () => {
  expect(values('a', 8)).toEqual(values('a', 8));
  expect(values('a', 8)).not.toEqual(values('b', 8));
  const many = values('x', 10_000, 0.5);
  expect(Math.max(...many.map(Math.abs))).toBeLessThanOrEqual(0.5);
  expect(Math.abs(many.reduce((a, b) => a + b, 0) / many.length)).toBeLessThan(0.02);
  expect(weightValues('0.norm1.weight', [64]).every((v) => v > 0.8 && v < 1.2)).toBe(true);
});

test('the steps differ in what trains', () => {
  const task = WORKLOADS.find((w) => w.id === 'adapters-196')!.task;
  if (task.kind !== 'vit') throw new Error('the adapter step is a ViT');
  const share = (work: 'forward' | 'adapters' | 'all') => vitWeights(task.size, work).filter((w) => w.trains).length;
  expect([share('forward'), share('adapters'), share('all')]).toEqual([0, 32, 4 * 20]);
  expect(new Set(WORKLOADS.map((w) => w.id)).size).toBe(WORKLOADS.length);
});

test('the error is relative to the largest number; a missing or infinite one is never near', () => {
  const of = (...v: number[]) => Float32Array.from(v);
  expect(worstError(of(1, 2.5), of(1, 2))).toBeCloseTo(0.25);
  expect(worstError(of(1), of(1, 2))).toBe(Number.POSITIVE_INFINITY);
  expect(worstError(of(1, Number.NaN), of(1, 2))).toBe(Number.POSITIVE_INFINITY);
});
