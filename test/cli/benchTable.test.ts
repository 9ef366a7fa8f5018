import { expect, test } from 'vitest';
import type { BenchResult, Cell } from '../../src/cli/benchProtocol';
import { benchMarkdown, benchText, lead } from '../../src/cli/benchTable';

const cell = (ms: number): Cell => ({ ms, rounds: [ms], error: 0, dispatches: 3, submits: 1, created: 0, peak: 2048 });
const row = (cells: BenchResult['rows'][0]['cells']) => ({ id: 'x', title: 'a row', cells });

test('the lead is the fastest peer over ours', () => {
  expect(lead(row({ ours: cell(10), jax: cell(25), tfjs: cell(40), ort: { none: 'not offered' } }))).toBe(2.5);
  expect(lead(row({ ours: cell(10), ort: { none: 'failed' } }))).toBeNull();
  expect(lead(row({ jax: cell(10) }))).toBeNull();
});

const result: BenchResult = {
  date: '2026-11-27 16:00',
  adapter: 'some · gpu',
  browser: 'Chrome 1',
  load: '1.0 on 2 processors',
  versions: { ours: '0.1.0', jax: '0.1.25' },
  rows: [row({ ours: cell(10), jax: { none: 'wrong by 3 %' } })],
  cold: { ours: { ms: 512.3, scriptGzip: 20480, wasmGzip: 0 } },
  bundle: 51200,
};

test('tables name conditions, versions, times, costs and why a cell is empty', () => {
  const md = benchMarkdown(result);
  expect(md).toContain('## 2026-11-27 16:00 UTC · some · gpu · Chrome 1 · load 1.0 on 2 processors; engine + SAM 50.0');
  expect(md).toContain('| workload | medsa-lab 0.1.0 | jax-js 0.1.25 | fastest peer / ours |');
  expect(md).toContain('| a row | 10.0 | wrong by 3 % | – |');
  expect(md).toContain('| a row | 3 / 1 / 0 / 2.00 KiB | – |');
  expect(md).toContain('| medsa-lab | 512 | 20.0 KiB | – |');
  const [head, body] = benchText(result).split('\n').slice(3, 5);
  expect(head).toHaveLength(body.length);
});
