import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openBase } from '../../src/cli/baseFile';
import { writeSafetensors } from '../../src/data/safetensors';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';
import { newFolder, writeBase } from './adaptFixture';

const folder = await newFolder();

test('a base made here says what it is', async () => {
  const path = join(folder, 'base.safetensors');
  await writeBase(path);
  const base = await openBase(path);
  expect(base.config).toEqual(samConfig('tiny', { imgSize: 32, patchSize: 8 }));
  expect(base.fingerprint).toBe(
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex'),
  );
  expect(base.source.shape('mask_decoder.iou_token.weight')).toEqual([1, 16]);
});

test('another checkpoint is told by its names and shapes, wrapped or not', async () => {
  const params = makeParams();
  buildSam({ params }, samConfig('tiny'));
  const tensors = await Promise.all(
    params.all().map(async (p) => ({
      name: `model.${p.name}`,
      dtype: 'F32',
      shape: p.shape,
      data: (await params.values(p.name)) as Float32Array<ArrayBuffer>,
    })),
  );
  const path = join(folder, 'wrapped.safetensors');
  await writeFile(path, new Uint8Array(await writeSafetensors(tensors).arrayBuffer()));
  const base = await openBase(path);
  expect(base.config.name).toBe('tiny');
  const name = 'mask_decoder.iou_token.weight';
  expect(await base.source.read(name)).toEqual(await params.values(name));
});

test('a base under the names of the published code', async () => {
  const params = makeParams();
  buildSam({ params }, samConfig('tiny'));
  const tensors = await Promise.all(
    params.all().map(async (p) => ({
      name: p.name
        .replace('.rel_pos_', '.rel_')
        .replace(/(layers\.\d\.mlp)\.lin1/, '$1.layers.0.0')
        .replace(/(layers\.\d\.mlp)\.lin2/, '$1.fc'),
      dtype: 'F32',
      shape: p.shape,
      data: (await params.values(p.name)) as Float32Array<ArrayBuffer>,
    })),
  );
  const path = join(folder, 'release.safetensors');
  await writeFile(path, new Uint8Array(await writeSafetensors(tensors).arrayBuffer()));
  const base = await openBase(path);
  expect(base.config).toEqual(samConfig('tiny'));
  const name = 'mask_decoder.transformer.layers.0.mlp.lin1.bias';
  expect(await base.source.read(name)).toEqual(await params.values(name));
});

test('what a file states must make sense', async () => {
  const stating = async (meta: Record<string, string>) => {
    const path = join(folder, 'stating.safetensors');
    const tensor = { name: 'a', dtype: 'F32', shape: [1], data: Float32Array.of(1) };
    await writeFile(path, new Uint8Array(await writeSafetensors([tensor], meta).arrayBuffer()));
    return openBase(path);
  };
  await expect(stating({ base: 'sam-huge' })).rejects.toThrow("it states the base 'sam-huge', which is unknown");
  await expect(stating({ base: 'tiny', imgSize: '1e9' })).rejects.toThrow('it states imgSize 1e9, which is no size');
  await expect(stating({ base: 'tiny' })).rejects.toThrow(/does not fit the model(.|\n)*No name fits/);
  await expect(stating({})).rejects.toThrow('No name fits: is it a checkpoint of another model?');
});
