import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSweepFolder, runHash } from '../../src/cli/sweepFolder';
import { resolveConfig } from '../../src/train/experiment/config';
import type { SweepRun } from '../../src/train/experiment/sweep';
import { newFolder } from './adaptFixture';

const runOf = (key: string, identity = 'new'): SweepRun => ({ key, identity, arm: 'a', config: resolveConfig({}) });

test('what was finished with another config is put aside, what nothing can resume is cleared away', async () => {
  const path = join(await newFolder(), 'sweep');
  const folder = await openSweepFolder(path, {});
  const put = async (key: string, files: Record<string, object>) => {
    await mkdir(join(path, 'runs', key), { recursive: true });
    for (const [name, data] of Object.entries(files))
      await writeFile(join(path, 'runs', key, name), JSON.stringify(data));
  };
  const old = runHash(runOf('other', 'old'));
  await put('same', { 'done.json': { hash: runHash(runOf('same')) }, 'summary.json': {} });
  await put('other', { 'done.json': { hash: old }, 'summary.json': { of: 'old' } });
  await put('broken', { 'run.json': {} });
  const keys = ['same', 'other', 'broken'];
  expect(await Promise.all(keys.map((key) => folder.state(runOf(key))))).toEqual(['done', 'new', 'new']);
  expect((await readdir(join(path, 'runs'))).sort()).toEqual([`other.${old}`, 'same']);
  expect(await readdir(join(path, 'runs', `other.${old}`))).toContain('summary.json');
  // A second one of the same config takes the place of the first.
  await put('other', { 'done.json': { hash: old }, 'summary.json': { of: 'old again' } });
  expect(await folder.state(runOf('other'))).toBe('new');
  expect((await readdir(join(path, 'runs'))).sort()).toEqual([`other.${old}`, 'same']);
});
