import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BenchResult, Cell } from '../../src/cli/benchProtocol';
import { loadBench, saveBench, stillToDo } from '../../src/cli/benchResume';
import { WORKLOADS } from '../../src/cli/benchWorkloads';
import { newFolder } from './adaptFixture';

const cell: Cell = { ms: 1, rounds: [1], error: 0, dispatches: 1, submits: 1, created: 0, peak: 1 };
const versions = { ours: '1', jax: '2' };
const result: BenchResult = {
  date: '2026-11-27 19:10',
  adapter: 'a',
  browser: 'b',
  load: '',
  versions,
  rows: [
    { id: 'matmul', title: 'whole', cells: { ours: cell, jax: { none: 'not offered' } } },
    { id: 'gelu', title: 'failed', cells: { ours: cell, jax: { none: 'failed: page crashed' } } },
    { id: 'layernorm', title: 'an engine lacks', cells: { ours: cell } },
  ],
  cold: {},
  bundle: 1,
};

test('what is whole is kept; what failed, lacks or was never run is to be done', () => {
  const workloads = WORKLOADS.filter((w) => ['matmul', 'gelu', 'layernorm', 'conv'].includes(w.id));
  const { kept, todo } = stillToDo(result, workloads, versions);
  expect(todo.map((w) => w.id)).toEqual(['layernorm', 'gelu', 'conv']);
  expect(kept.rows.map((r) => r.id)).toEqual(['matmul']);
});

test('results of other versions are not mixed in', () => {
  expect(() => stillToDo(result, WORKLOADS, { ours: '1', jax: '3' })).toThrow('jax 2, this one has 3');
  expect(() => stillToDo(result, WORKLOADS, { ours: '1', ort: '3' })).toThrow('ort not, this one has 3');
});

test('a result comes back from its file; nothing from none; anything else is refused', async () => {
  const folder = await newFolder();
  const file = join(folder, 'bench.json');
  expect(await loadBench(file)).toBeNull();
  await saveBench(file, result);
  expect(await loadBench(file)).toMatchObject(result);
  for (const text of ['{', '[]', '{"rows": []}', 'null']) {
    await writeFile(file, text);
    await expect(loadBench(file)).rejects.toThrow('no result of a bench');
  }
});
