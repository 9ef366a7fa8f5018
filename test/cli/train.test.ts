import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { run } from '../../src/cli/train';
import { resolveConfig } from '../../src/train/experiment/config';
import { newFolder } from './adaptFixture';

async function dry(...argv: string[]) {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  expect(await run([...argv, '--dry-run'])).toBe(0);
  const text = String(log.mock.calls[0][0]);
  log.mockRestore();
  return JSON.parse(text);
}

test('--dry-run prints the complete config, every default written out', async () => {
  expect(await dry()).toEqual(JSON.parse(JSON.stringify(resolveConfig())));
  expect((await dry('--preset', 'medsa-add', '--set', 'seed=4')).adapters[1].arm).toBe('add');
});

test('--resume begins with the config of the run, overrides come on top', async () => {
  const out = await newFolder();
  const config = resolveConfig({ train: { steps: 7, lr: 0.5 }, adapters: ['lora'] });
  await writeFile(join(out, 'run.json'), JSON.stringify({ config }));
  const resumed = await dry('--out', out, '--resume', '--steps', '20');
  expect(resumed).toMatchObject({
    train: { steps: 20, lr: 0.5 },
    adapters: [{ name: 'lora' }],
    output: { folder: out },
  });
});

test('wrong flags exit 2; help exits 0', async () => {
  const error = vi.spyOn(console, 'error').mockReturnValue();
  const log = vi.spyOn(console, 'log').mockReturnValue();
  expect(await run(['--set', 'adapters.medsa.ratoi=1'])).toBe(2);
  expect(String(error.mock.calls[0][0])).toContain('did you mean adapters.medsa.ratio?');
  expect(await run(['--help'])).toBe(0);
  expect(String(log.mock.calls[0][0])).toContain('--preset NAME');
  vi.restoreAllMocks();
});
