import { expect, test } from 'vitest';
import { rowsOf, shapeCases, squareCases, variantsText } from '../../src/cli/benchVariants';
import { emptyTuned } from '../../src/plan/tuned';
import { caps } from '../plan/caps';

test('all layouts in f32 and the plain one in 16 bits; transposed ones not at the largest size', () => {
  const names = squareCases([64, 128]).map((c) => `${c.dtype} ${c.layout} ${c.m}`);
  expect(names).toEqual(['f32 nn 64', 'f32 nt 64', 'f32 tn 64', 'f16 nn 64', 'f32 nn 128', 'f16 nn 128']);
  expect(squareCases([64]).map((c) => c.layout)).toEqual(['nn', 'nt', 'tn', 'nn']);
});

test('rows tell speed and error, fastest first; a variant that fails stays in the table with its reason', () => {
  const answer = {
    ...{ op: 'matmul', dims: [100, 100], layout: '', winner: 'fast', guess: 'slow', tolerance: 1e-4, date: '' },
    timings: [
      { variant: 'broken', us: null, error: null, refused: 'does not run: no such type' },
      { variant: 'slow', us: 4, error: 1e-7 },
      { variant: 'fast', us: 2, error: 0 },
    ],
  };
  const rows = rowsOf(
    { m: 100, k: 100, n: 100, layout: 'nn', dtype: 'f32' },
    { ...emptyTuned(caps, ''), answers: { key: answer } },
  );
  // 2·100³ operations in 2 µs are 10¹² a second.
  expect(rows.map((r) => [r.variant, r.tflops])).toEqual([
    ['fast', 1],
    ['slow', 0.5],
    ['broken', null],
  ]);
  const lines = variantsText(rows).split('\n');
  expect(lines[0]).toMatch(/^f32 nn 100³ +fast +2\.0 µs +1\.00 T +error 0e\+0$/);
  expect(lines[2]).toMatch(/broken +refused +does not run: no such type$/);
});

test('other shapes are named by layout and extents; what is no name is refused', () => {
  expect(shapeCases('nt40x70x30,tn7x4096x19')).toEqual([
    { m: 40, k: 70, n: 30, layout: 'nt', dtype: 'f32' },
    { m: 7, k: 4096, n: 19, layout: 'tn', dtype: 'f32' },
  ]);
  for (const text of ['', 'tt1x1x1', 'nn0x1x1', 'nn1x1', 'nn1x1x1x1'])
    expect(() => shapeCases(text)).toThrow(/layout and M×K×N/);
});
