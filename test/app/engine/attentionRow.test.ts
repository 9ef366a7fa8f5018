import { expect, test } from 'vitest';
import { type AttentionParts, attentionRow, onGrid, windowOf } from '../../../src/app/engine/attentionRow';

const grid = { rows: 3, columns: 5, window: 2 };

test('windows are counted row by row of the padded grid', () => {
  expect(windowOf(grid, 0, 0)).toEqual({ b: 0, n: 0, row: 0, column: 0, side: 2 });
  expect(windowOf(grid, 2, 4)).toEqual({ b: 5, n: 0, row: 2, column: 4, side: 2 });
  expect(windowOf(grid, 1, 3)).toEqual({ b: 1, n: 3, row: 0, column: 2, side: 2 });
  expect(windowOf({ ...grid, window: 0 }, 2, 1)).toEqual({ b: 0, n: 11, row: 0, column: 0, side: 5 });
});

test('weights land on their tokens; those of padding and of further keys are counted apart', () => {
  const at = windowOf(grid, 2, 4);
  const { values, elsewhere } = onGrid(grid, Float64Array.from([0.4, 0.1, 0.2, 0.05, 0.25]), at);
  // The corner window has one token in the grid, three of padding, and a learnt prompt follows.
  expect(values[2 * 5 + 4]).toBeCloseTo(0.4, 6);
  expect([...values].filter((v) => !Number.isNaN(v))).toHaveLength(1);
  expect(elsewhere).toBeCloseTo(0.6, 6);
});

test('a row is the softmax of scaled products and position terms; without a head the mean over all', () => {
  // One window, two heads, two queries, two keys, d = 1; keys lie in one row.
  const parts: AttentionParts = {
    q: Float32Array.from([1, 2, 3, 4]),
    k: Float32Array.from([0, 1, 1, 0]),
    relH: Float32Array.from([5, 6, 7, 8]),
    relW: Float32Array.from([0, 0.5, 0, 0, 0, 0, 0.25, 0]),
    ...{ heads: 2, n: 2, m: 2, d: 1 },
  };
  const two = (a: number, b: number) => Math.exp(a) / (Math.exp(a) + Math.exp(b));
  expect(attentionRow(parts, 0, 0, 0)[0]).toBeCloseTo(two(0, 1.5), 12);
  expect(attentionRow(parts, 0, 1, 1)[0]).toBeCloseTo(two(4.25, 0), 12);
  const mean = attentionRow(parts, 0, 1, null);
  expect(mean[0]).toBeCloseTo((two(0, 2) + two(4.25, 0)) / 2, 12);
  expect(mean[0] + mean[1]).toBeCloseTo(1, 12);
});
