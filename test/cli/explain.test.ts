import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { installDawn } from '../../src/cli/dawn.mjs';
import { run } from '../../src/cli/explain';
import { newFolder, writeBase } from './adaptFixture';

vi.setConfig({ testTimeout: 120_000 });
await installDawn();
const base = join(await newFolder(), 'base.safetensors');
await writeBase(base);

/** What the command prints. */
async function said(...argv: string[]): Promise<string> {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  expect(await run(['--base', base, ...argv])).toBe(0);
  const text = log.mock.calls.join('\n');
  log.mockRestore();
  return text;
}

test('a row per dispatch, parameters, memory; the prediction is smaller; nothing is compiled', async () => {
  const train = JSON.parse(await said('--adapter', 'medsa', '--json'));
  const predict = JSON.parse(await said('--adapter', 'medsa', '--eval', '--json'));
  expect(train.rows).toHaveLength(train.dispatches);
  expect(train.rows.some((r: { path: string }) => r.path.includes('image_encoder.blocks.1'))).toBe(true);
  expect(predict.dispatches).toBeLessThan(train.dispatches);
  expect(train.memory.total).toBeGreaterThan(predict.memory.total);
  expect(train.parameters.trained).toBeGreaterThan(0);
  const text = await said('--adapter', 'medsa', '--top', '3');
  expect(text.split('\n').slice(0, 4).length).toBe(4);
  expect(text).toMatch(/GFLOP a step\ntrained [\d,]+ of .*\nplanned memory: /);
});

test('microseconds of every dispatch, the longest first', async () => {
  const { rows } = JSON.parse(await said('--adapter', 'medsa', '--eval', '--time', '--top', '5', '--json'));
  expect(rows).toHaveLength(5);
  const micros = rows.map((r: { micros: number }) => r.micros);
  expect(micros).toEqual([...micros].sort((a, b) => b - a));
  expect(micros[0]).toBeGreaterThan(0);
});

test('weights of an adapter that generates none: said in words', async () => {
  await expect(run(['--weights', base])).rejects.toThrow(/adapter/);
});
