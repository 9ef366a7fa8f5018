import { expect, test } from 'vitest';
import { barLines, lead } from '../../src/cli/benchBar';
import type { BenchResult, Cell } from '../../src/cli/benchProtocol';

const cell = (ms: number, peak = 1e6): Cell => ({
  ms,
  peak,
  rounds: [ms],
  error: 0,
  dispatches: 150,
  submits: 1,
  created: 0,
});
const row = (id: string, cells: BenchResult['rows'][0]['cells']) => ({ id, title: id, cells });

const result: BenchResult = {
  date: '',
  adapter: '',
  browser: '',
  load: '',
  versions: { ours: '1', jax: '1', ort: '1' },
  rows: [
    row('forward-196', { ours: cell(10), jax: cell(25), ort: cell(15) }),
    row('adapters-1024', { ours: cell(70, 1e6), jax: cell(300, 4e6), ort: { none: 'not offered' } }),
    row('all-1024', { ours: cell(90), jax: { none: 'failed' } }),
  ],
  cold: { ours: { ms: 612, scriptGzip: 1, wasmGzip: 0 } },
  bundle: 60 * 1024,
};

test('the lead is the fastest peer over ours', () => {
  expect(lead(result, 'forward-196')).toBe(1.5);
  expect(lead(result, 'all-1024')).toBeNull();
  expect(lead(result, 'tiny-adapters')).toBeNull();
});

test('every line says what was wanted, what was measured and whether that is enough', () => {
  const lines = new Map(barLines(result).map((l) => [l.line, l]));
  const of = (start: string) => [...lines].find(([line]) => line.startsWith(start))![1];
  expect(of('ViT forward, 196')).toMatchObject({ want: '≥ 2.00×', got: '1.50×', met: false });
  expect(of('ViT forward, 1024')).toMatchObject({ got: '–', met: null });
  expect(of('adapter step, 1024 tokens')).toMatchObject({ got: '4.29×', met: true });
  expect(of('dispatches, adapter step, 1024')).toMatchObject({ want: '≤ 200', got: '150', met: true });
  expect(of('submits, adapter step, 196')).toMatchObject({ want: '≤ 1', met: null });
  expect(of('most bytes, adapter step, 1024')).toMatchObject({ want: '≤ 0.2', got: '0.25', met: false });
  expect(of('adapter step of the all-parameters step, 1024')).toMatchObject({ got: '0.78', met: false });
  expect(of('page load')).toMatchObject({ got: '612 ms', met: false });
  expect(of('engine + SAM')).toMatchObject({ met: true });
});
