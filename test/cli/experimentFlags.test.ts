import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { experimentOf, readJson } from '../../src/cli/experimentFlags';
import { newFolder } from './adaptFixture';

test('preset, then file, then short flags, then --set: the later wins', async () => {
  const config = join(await newFolder(), 'c.json');
  await writeFile(config, JSON.stringify({ train: { lr: 0.5, steps: 7 }, prompt: 'point-3', seed: 9 }));
  const c = await experimentOf({
    preset: 'medsam',
    config,
    steps: '8',
    adapter: 'lora,bitfit',
    set: ['train.steps=9'],
  });
  expect(c.adapters.map((a) => a.name)).toEqual(['lora', 'bitfit']);
  expect(c).toMatchObject({ prompt: 'point-3', seed: 9, train: { lr: 0.5, steps: 9 } });
  expect((await experimentOf({ preset: 'medsam' })).prompt).toBe('box');
  const small = await experimentOf({ recipe: 'small-set', preset: 'lora', set: ['data.validation=0.3'] });
  expect(small).toMatchObject({ data: { validation: 0.3 }, train: { schedule: 'cosine', lr: 5e-3 } });
});

test('short flags are read as the schema asks, and say what is wrong with their path', async () => {
  const c = await experimentOf({ data: 'some/dir', lr: '1e-4', batch: '2', seed: '3', out: 'o', base: 'b' });
  expect(c).toMatchObject({ base: 'b', seed: 3, data: { source: 'some/dir' }, output: { folder: 'o' } });
  expect(c.train).toMatchObject({ lr: 1e-4, batch: 2 });
  await expect(experimentOf({ steps: 'many' })).rejects.toThrow('train.steps: expected a whole number of at least 1');
});

test('files that are not there or no JSON', async () => {
  await expect(readJson('no/where.json')).rejects.toThrow('no/where.json: there is no such file');
  const path = join(await newFolder(), 'c.json');
  await writeFile(path, '{"a": ');
  await expect(readJson(path)).rejects.toThrow('it is no JSON');
});
