import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { baseFromFile, buildBase, defaultBase, untrainedBase } from '../../../src/app/engine/base';
import type { Caps } from '../../../src/gpu/device';
import { samConfig } from '../../../src/models/sam/config';
import { newFolder, writeBase } from '../../cli/adaptFixture';

test('a checkpoint of one’s own becomes a base: its sizes, its values, its fingerprint', async () => {
  const path = join(await newFolder(), 'own.safetensors');
  await writeBase(path);
  const base = await baseFromFile(new File([await readFile(path)], 'own.safetensors'));
  expect(base.info).toMatchObject({ name: 'tiny', imgSize: 32, patchSize: 8, trained: true });
  expect(base.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  const name = base.source.names()[0];
  expect(await buildBase(base).params.values(name)).toEqual(await base.source.read(name));
  await expect(baseFromFile(new File(['no checkpoint'], 'x.pth'))).rejects.toThrow(/x\.pth/);
});

test('without weights the base says that it is untrained', async () => {
  const base = untrainedBase(samConfig('tiny'));
  expect(base).toMatchObject({ fingerprint: null, info: { trained: false } });
  const { params } = buildBase(base);
  expect(params.counts().base).toBe(base.info.parameters);
});

test('the page begins with sam-micro on a graphics card, with sam-nano on a processor', () => {
  const caps = (vendor: string, architecture: string) => ({ vendor, architecture, description: '' }) as Caps;
  expect(defaultBase(caps('google', 'swiftshader'))).toBe('sam-nano');
  expect(defaultBase(caps('apple', 'metal-3'))).toBe('sam-micro');
});
