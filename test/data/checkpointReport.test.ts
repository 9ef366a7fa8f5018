import { expect, test } from 'vitest';
import { writeAdapter } from '../../src/data/adapterFile';
import { openCheckpoint } from '../../src/data/checkpoint';
import { describeCheckpoint } from '../../src/data/checkpointReport';
import { samShapes } from '../../src/data/samFit';
import { f32Entry, type TensorFile } from '../../src/data/tensorFile';
import { samConfig } from '../../src/models/sam/config';
import { releaseConfig } from '../../src/models/sam/releaseConfig';
import { needShared, readShared } from '../harness/shared';

const golden = async (path: string) =>
  describeCheckpoint(await openCheckpoint(new Blob([await readShared('goldens', path)]), path), path);

/** A file of all tensors of a model, all zero. */
function fileOf(shapes: ReadonlyMap<string, readonly number[]>, without: RegExp = /^$/): TensorFile {
  const kept = [...shapes].filter(([name]) => !without.test(name));
  const zeros = (shape: readonly number[]) => new Float32Array(shape.reduce((a, b) => a * b, 1));
  const entries = new Map(kept.map(([name, shape]) => [name, f32Entry(name, shape, zeros(shape))] as const));
  return { kind: 'safetensors', entries, meta: {} };
}

test('a whole base, under both namings', () => {
  const sam = describeCheckpoint(fileOf(samShapes(samConfig('tiny'))));
  expect(sam.base).toMatchObject({ name: 'tiny', naming: 'sam', width: 16, depth: 2 });
  expect(sam.base!.fit).toMatchObject({ missing: [], unexpected: [], misshaped: [] });
  const release = describeCheckpoint(fileOf(samShapes(releaseConfig(samConfig('tiny')))));
  expect(release.base).toMatchObject({ name: 'tiny', naming: 'release', parameters: release.parameters });
  expect(release.base!.fit!.missing).toEqual([]);
});

test('what a base lacks and has too much is named', () => {
  const shapes = samShapes(samConfig('tiny')).set('head.weight', [3, 2]);
  const { base } = describeCheckpoint(fileOf(shapes, /neck\.0/));
  expect(base).toMatchObject({ name: 'tiny' });
  expect(base!.fit).toMatchObject({ missing: ['image_encoder.neck.0.weight'], unexpected: ['head.weight'] });
});

test('a training checkpoint of the published code', async (context) => {
  await needShared(context, 'goldens');
  const r = await golden('medsa-checkpoint/best_dice_checkpoint.pth');
  expect(r).toMatchObject({ format: 'torch-zip', tensors: 172, parameters: 95130, wrapper: 'state_dict' });
  expect(r.values).toEqual({ epoch: 4, model: 'sam', best_tol: 0.5 });
  expect(r.base).toMatchObject({ naming: 'release', width: 16, depth: 1, tensors: 160 });
  expect(r.adapters.map((a) => [a.kind, a.count, a.dim, a.width])).toEqual([
    ['MLP_Adapter', 1, 16, 4],
    ['Space_Adapter', 1, 16, 4],
    ['Depth_Adapter', 1, 16, 4],
  ]);
});

test('other families are known by name alone', async (context) => {
  await needShared(context, 'goldens');
  expect((await golden('efficient-sam-tiny/weights.safetensors')).base).toMatchObject({
    naming: 'efficient-sam',
    name: null,
    width: 48,
    depth: 2,
    fit: null,
  });
});

test('an adapter file of this project says what it is', async () => {
  const info = {
    base: { name: 'tiny' },
    adapters: [{ name: 'medsa', config: { ratio: 0.25 }, pattern: 'image_encoder.blocks.*' }],
  };
  const tensor = { name: 'image_encoder.blocks.0.MLP_Adapter.D_fc1.weight', dtype: 'F32', shape: [1, 2] };
  const files = writeAdapter([{ ...tensor, data: new Float32Array(2) }], info);
  const weights = [...files].find(([name]) => name.endsWith('.safetensors'))![1];
  const r = describeCheckpoint(await openCheckpoint(weights, 'a.safetensors'));
  expect(r.attach).toMatchObject({ layout: 'medsa-lab', ...info });
  expect(r.attach!.fit!.missing.length).toBeGreaterThan(10);
  expect(r.base).toBeNull();
  expect(r.adapters.map((a) => a.kind)).toEqual(['MLP_Adapter']);
  expect(r.keys).toEqual([{ name: tensor.name, dtype: 'F32', shape: [1, 2] }]);
});
