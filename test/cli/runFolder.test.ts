import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRunFolder, runPath } from '../../src/cli/runFolder';
import { newFolder } from './adaptFixture';

const vector = () => new Float32Array(4);
const state = (step: number) => ({
  state: { step, p: vector(), vectors: { m: vector(), v: vector() }, layout: 'w@0+4' },
  extra: { best: null },
});
const metrics = async (path: string) => (await readFile(join(path, 'metrics.jsonl'), 'utf8')).trim().split('\n');

test('metrics: lines of steps that are known are dropped; resuming cuts those beyond the state', async () => {
  const path = join(await newFolder(), 'a');
  const run = await openRunFolder(path, false);
  expect([run.saved, run.hasState()]).toEqual([null, false]);
  for (const step of [1, 2, 3, 2, 3, 4]) run.metric({ kind: 'step', step, loss: 1 / step });
  run.metric({ kind: 'evaluation', step: 4 });
  await run.flush();
  await run.saveState(state(3));
  expect((await metrics(path)).length).toBe(5);
  await appendFile(join(path, 'metrics.jsonl'), '{"kind":"step","st');
  const again = await openRunFolder(path, true);
  expect(again.saved?.state.step).toBe(3);
  again.metric({ kind: 'step', step: 3, loss: 7 });
  again.metric({ kind: 'step', step: 4, loss: 0.5 });
  await again.flush();
  expect((await metrics(path)).map((l) => JSON.parse(l))).toEqual(
    [1, 2, 3, 4].map((s) => ({ kind: 'step', step: s, loss: s === 4 ? 0.5 : 1 / s })),
  );
});

test('files are whole or not there: nothing is left beside them', async () => {
  const path = await newFolder();
  const run = await openRunFolder(path, false);
  await run.saveRecord({ a: 1 });
  await run.saveRecord({ a: 2 });
  await run.saveOverlay('x.png', Uint8Array.of(1, 2));
  expect((await readdir(path)).sort()).toEqual(['metrics.jsonl', 'overlays', 'run.json']);
  expect(JSON.parse(await readFile(join(path, 'run.json'), 'utf8'))).toEqual({ a: 2 });
});

test('a run in use, a file in the way, nothing to resume, a damaged state', async () => {
  const path = await newFolder();
  await writeFile(join(path, 'file'), '');
  await expect(openRunFolder(join(path, 'file'), false)).rejects.toThrow('there is a file of that name');
  await expect(openRunFolder(join(path, 'new'), true)).rejects.toThrow('holds no state.safetensors');
  await mkdir(join(path, 'used'));
  await writeFile(join(path, 'used', 'run.json'), '{}');
  await expect(openRunFolder(join(path, 'used'), false)).rejects.toThrow('it holds a run already');
  await writeFile(join(path, 'used', 'state.safetensors'), 'damaged');
  await expect(openRunFolder(join(path, 'used'), true)).rejects.toThrow(/state\.safetensors: 7 bytes are too few/);
});

test('names of run folders', () => {
  expect(runPath('here', 'x', false)).toBe('here');
  expect(runPath(null, 'no-such-run-1', false)).toBe(join('runs', 'no-such-run-1'));
  expect(runPath(null, 'no-such-run-1', true)).toBe(join('runs', 'no-such-run-1'));
});
