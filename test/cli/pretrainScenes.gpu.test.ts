import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { type PretrainOptions, pretrain, type Run } from '../../src/cli/pretrainRun';
import { openSafetensors } from '../../src/data/safetensors';
import { readF32 } from '../../src/data/tensorFile';
import { openGpu } from '../../src/gpu/device';
import { readLeaf } from '../../src/plan/leaves';

const gpu = await openGpu();
const folder = await mkdtemp(join(tmpdir(), 'pretrain-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Four steps: double clicks, then single ones and boxes, and scenes that are corrected in a second round. */
const options = (out: string): PretrainOptions => ({
  base: 'tiny',
  patch: 8,
  stages: [{ size: 32, steps: 4, batch: 2 }],
  objects: 2,
  lr: 1e-3,
  seed: 3,
  out: join(folder, out),
  minutes: Number.POSITIVE_INFINITY,
  weights: null,
  scenes: 'gpu',
  from: null,
});

/** A run; `said` hears each line, and may stop it. Its parameters, and its curve when it came to its end. */
async function train(o: PretrainOptions, said: (line: string) => void = () => {}) {
  const log = vi.spyOn(console, 'error').mockImplementation((line) => said(String(line)));
  const others = process.listeners('SIGINT');
  let ended: Run | null = null;
  await pretrain(gpu, o, async (r) => {
    ended = r;
  });
  for (const l of process.listeners('SIGINT')) if (!others.includes(l)) process.off('SIGINT', l);
  log.mockRestore();
  return ended as Run | null;
}

/** As Ctrl-C does, for the run alone. */
const interrupt = () => process.listeners('SIGINT').at(-1)?.('SIGINT');

async function stateOf(out: string) {
  const file = await openSafetensors(new Blob([await readFile(join(folder, out, 'state.safetensors'))]), out);
  const meta = file.meta as Record<string, string>;
  const values = await Promise.all(['p', 'm', 'v', 'ema'].map((n) => readF32(file.entries.get(n)!)));
  return { step: Number(meta.step), options: JSON.parse(meta.options), values };
}

test('a run that draws its own scenes learns, and an interrupted one goes on bit for bit as if it had not been', async () => {
  const whole = await train(options('whole'));
  expect(whole?.step).toBe(4);
  const state = await stateOf('whole');
  expect(state.options.scenes).toBe('gpu');
  for (const v of state.values) expect(v.every(Number.isFinite)).toBe(true);
  expect(state.values[1].some((v) => v !== 0)).toBe(true);

  let compiled = 0;
  const stopped = await train(options('parts'), (line) => {
    if (line.startsWith('compiled') && ++compiled === 2) interrupt();
  });
  expect(stopped).toBeNull();
  const half = await stateOf('parts');
  expect(half.step).toBeGreaterThan(0);
  expect(half.step).toBeLessThan(4);
  expect(half.values[0]).not.toEqual(state.values[0]);
  const rest = await train(options('parts'));
  expect((await stateOf('parts')).values).toEqual(state.values);
  expect(await readLeaf(gpu, rest!.params.layout().flat!)).toEqual(state.values[0]);
});

test('a run goes on only with the painter that it began with', async () => {
  await expect(train({ ...options('whole'), scenes: 'cpu' })).rejects.toThrow('belongs to a run with other options');
});
