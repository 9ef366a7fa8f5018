import { expect, test } from 'vitest';
import { resizeTable, type TapTable, transposedTable } from '../../src/ops/resizeTable';

const dense = (t: TapTable) =>
  Array.from({ length: t.to }, (_, m) =>
    Array.from({ length: t.from }, (_, n) => {
      const k = n - t.starts[m];
      return k >= 0 && k < t.taps ? t.weights[m * t.taps + k] : 0;
    }),
  );

test('every row stays inside the axis and sums to 1', () => {
  for (const how of ['nearest', 'linear', 'cubic', 'linearAntialias'] as const) {
    for (const [from, to] of [
      [1, 5],
      [2, 3],
      [7, 7],
      [64, 8],
      [5, 23],
      [32, 50],
    ]) {
      const t = resizeTable(how, from, to);
      for (const start of t.starts) expect(start + t.taps).toBeLessThanOrEqual(from);
      for (const row of dense(t)) expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    }
  }
});

test('linear by hand: 2 → 4 clamps at the edges', () => {
  expect(dense(resizeTable('linear', 2, 4))).toEqual([
    [1, 0],
    [0.75, 0.25],
    [0.25, 0.75],
    [0, 1],
  ]);
});

test('nearest takes floor(i · scale) in float32', () => {
  const t = resizeTable('nearest', 32, 50);
  expect([...t.starts.slice(0, 6)]).toEqual([0, 0, 1, 1, 2, 3]);
  expect(t.taps).toBe(1);
});

test('cubic by hand: half-way between samples, a = −0.75, the one before the edge counted at the edge', () => {
  expect(dense(resizeTable('cubic', 4, 2))[0]).toEqual([-0.09375 + 0.59375, 0.59375, -0.09375, 0]);
});

test('the transposed table is the transposed matrix', () => {
  for (const how of ['nearest', 'linear', 'cubic', 'linearAntialias'] as const) {
    for (const [from, to] of [
      [3, 7],
      [9, 4],
      [5, 5],
    ]) {
      const t = resizeTable(how, from, to);
      const [a, b] = [dense(t), dense(transposedTable(t))];
      expect(b).toEqual(Array.from({ length: from }, (_, n) => a.map((row) => row[n])));
    }
  }
});
