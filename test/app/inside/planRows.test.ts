import { expect, test } from 'vitest';
import { planCell, planCsv, planRows, planSums } from '../../../src/app/inside/planRows';

const row = (path: string, op: string, bytes: number, micros: number | null = null) => ({
  ...{ path, op, variant: 'tile8', shape: '[1,2]', bytes, flops: 2e6, micros },
});
const rows = [row('a.attn', 'matmul', 2048, 5), row('a.mlp', 'matmul', 1024, 7), row('b.attn', 'softmax', 2048, 1)];

test('rows are filtered by all words and sorted both ways; equal ones keep the plan’s order', () => {
  const indexes = (filter: string, by: 'bytes' | 'path' | 'micros', down: boolean) =>
    planRows(rows, filter, { by, down }).map((r) => r.index);
  expect(indexes('', 'bytes', true)).toEqual([0, 2, 1]);
  expect(indexes('', 'micros', true)).toEqual([1, 0, 2]);
  expect(indexes('ATTN soft', 'path', false)).toEqual([2]);
  expect(indexes('nothing', 'path', false)).toEqual([]);
});

test('cells, sums and CSV', () => {
  const [first] = planRows(rows, '', { by: 'index', down: false });
  expect([planCell(first, 'bytes'), planCell(first, 'flops'), planCell(first, 'micros')]).toEqual([
    '2.0',
    '2.000',
    '5.0',
  ]);
  expect(planSums(rows)).toBe('3 dispatches · 0.0 MiB moved · 6 MFLOP · 0.01 ms');
  expect(planSums([row('a', 'b', 1)])).not.toMatch(/ms/);
  expect(planCsv([{ ...first, micros: null }])).toBe(
    'index,path,op,kernel,shape,bytes,flops,microseconds\n0,a.attn,matmul,tile8,"[1,2]",2048,2000000,\n',
  );
});
