import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cacheFolder, tunedFolder } from '../../src/cli/tuneStore';
import { fingerprint } from '../../src/gpu/device';
import { emptyTuned } from '../../src/plan/tuned';
import { caps } from '../plan/caps';

const folder = await mkdtemp(join(tmpdir(), 'tuned-'));
afterAll(() => rm(folder, { recursive: true }));
const tuned = emptyTuned(caps, 'test');

test('what is saved is loaded, for its device only; a damaged file is none', async () => {
  const store = tunedFolder(join(folder, 'new'));
  expect(await store.load(tuned.device)).toBeNull();
  await store.save(tuned);
  expect(await readdir(join(folder, 'new'))).toHaveLength(1);
  expect(await store.load(fingerprint(caps))).toEqual(tuned);
  expect(await store.load('another')).toBeNull();
  await writeFile(store.path('another'), await readFile(store.path(tuned.device)));
  expect(await store.load('another')).toBeNull();
  await writeFile(store.path(tuned.device), '{');
  expect(await store.load(tuned.device)).toBeNull();
});

test('a folder that cannot be written is said, and is no error', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  const said: string[] = [];
  await tunedFolder(file, { write: (t) => said.push(t) }).save(tuned);
  expect(said.join()).toMatch(/^kernels: measurements were not kept \(/);
});

test('MEDSA_CACHE overrules the cache folder of the system', () => {
  expect(cacheFolder({ MEDSA_CACHE: 'here' })).toBe('here');
  expect(cacheFolder({})).toMatch(/medsa-lab$/);
});
