import { expect, test } from 'vitest';
import type { BenchResult, Cell } from '../../src/cli/benchProtocol';
import { benchJson, benchMarkdown, benchReadme, benchText } from '../../src/cli/benchTable';

const cell = (ms: number): Cell => ({ ms, rounds: [ms], error: 0, dispatches: 3, submits: 1, created: 0, peak: 2048 });
const row = (cells: BenchResult['rows'][0]['cells']) => ({ id: 'x', title: 'a row', cells });

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
  expect(md).toContain('| page load → first ViT forward | ≤ 600 ms | 512 ms | yes |');
  const [head, body] = benchText(result).split('\n').slice(3, 5);
  expect(head).toHaveLength(body.length);
});

test('JSON has the bar, too', () => {
  const { bar, rows } = JSON.parse(benchJson(result));
  expect(rows).toHaveLength(1);
  expect(bar.find((l: { line: string }) => l.line.startsWith('page load'))).toMatchObject({ got: '512 ms', met: true });
  expect(bar.find((l: { id?: string }) => l.id === 'adapters-1024')).toMatchObject({ got: '–', met: null });
});

test('the short table: leads with their bar, then what else was measured', () => {
  const rows = [
    { id: 'gelu', title: 'gelu', cells: { ours: cell(10), jax: cell(25) } },
    { id: 'forward-196', title: 'forward', cells: { ours: cell(10), jax: cell(15) } },
  ];
  const lines = benchReadme({ ...result, rows }).split('\n');
  expect(lines.slice(2, 6)).toEqual([
    '| gelu | 2.50× | – |',
    '| forward | 1.50× | ≥ 2.00× |',
    '| page load → first ViT forward | 512 ms | ≤ 600 ms |',
    '| engine + SAM, gzip | 50.0 KiB | ≤ 60.0 KiB |',
  ]);
  expect(lines.at(-1)).toContain('some · gpu, Chrome 1; times: fastest of jax-js 0.1.25 over ours');
});
