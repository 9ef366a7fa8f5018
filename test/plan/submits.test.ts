import { expect, test } from 'vitest';
import { matmul } from '../../src/ops/matmul';
import { type PlanOptions, planStep } from '../../src/plan/plan';
import { input, trace } from '../../src/tensor/tensor';
import { caps } from './caps';

/** A chain of products of n × n. */
const chain = (n: number, length: number, options: PlanOptions = {}) =>
  planStep(
    trace(() => {
      let x = input('x', [n, n]);
      for (let k = 0; k < length; k++) x = matmul(x, input(`w${k}`, [n, n]));
      return { outputs: { x } };
    }),
    caps,
    options,
  );

test('a short step is one submit', () => {
  expect(chain(64, 10).submits).toEqual([[0, 10]]);
});

test('a long step is cut into parts of about equal work, a tenth of a teraflop each', () => {
  // 0.0172 TFLOP each and 8 · 48 MiB moved.
  const { submits, list } = chain(2048, 24);
  expect(submits.length).toBe(5);
  expect(submits[0][0]).toBe(0);
  expect(submits[4][1]).toBe(list.length);
  submits.slice(1).forEach(([start], i) => {
    expect(start).toBe(submits[i][1]);
  });
  for (const [start, end] of submits) expect(end - start).toBeGreaterThanOrEqual(4);
});

test('any number can be asked for; more than there are dispatches are no more than those', () => {
  expect(chain(16, 6, { submits: 3 }).submits).toEqual([
    [0, 2],
    [2, 4],
    [4, 6],
  ]);
  expect(chain(16, 3, { submits: 9 }).submits.length).toBe(3);
  expect(() => chain(16, 3, { submits: 0 })).toThrow('positive integer');
});
