import { expect, test } from 'vitest';
import { openCheckpoint } from '../../src/data/checkpoint';
import type { Rename } from '../../src/data/keyMap';
import { NAMINGS, namingOf, renamesBetween } from '../../src/data/keyNames';
import { needShared, readShared } from '../harness/shared';

const renamed = (names: readonly string[], rules: readonly Rename[]) =>
  names.map((name) => rules.reduce((n, [from, to]) => n.replace(from, to), name));
const open = async (path: string) => openCheckpoint(new Blob([await readShared('goldens', path)]), path);

test.for([
  ['sam-full-tiny/weights.safetensors', 'sam'],
  ['medsa-2d/weights.safetensors', 'release'],
  ['medsa-lora/weights.safetensors', 'release'],
  ['efficient-sam-tiny/weights.safetensors', 'efficient-sam'],
  ['medsa-efficient-sam-adapter/weights.safetensors', 'efficient-sam-release'],
  ['medsa-adalora/weights.safetensors', 'efficient-sam-release'],
  ['paper-full-step/weights.safetensors', 'sam'],
  ['medsa-lora-layers/weights.safetensors', null],
])('%s has the names of %s', async ([path, naming], context) => {
  await needShared(context, 'goldens');
  expect(namingOf((await open(path!)).entries.keys())).toBe(naming);
});

test('the names of the release are those of SAM and back', async (context) => {
  await needShared(context, 'goldens');
  const names = [...(await open('medsa-2d/weights.safetensors')).entries.keys()].filter((n) => !n.includes('_Adapter'));
  const sam = renamed(names, renamesBetween('release', 'sam')!);
  expect(namingOf(sam)).toBe('sam');
  expect(sam).toContain('image_encoder.blocks.0.attn.rel_pos_h');
  expect(sam).toContain('mask_decoder.transformer.layers.1.mlp.lin2.bias');
  const first = (all: Iterable<string>) => [...all].filter((n) => !/blocks\.[1-9]/.test(n)).sort();
  expect(first(sam)).toEqual(first((await open('sam-full-tiny/weights.safetensors')).entries.keys()));
  expect(renamed(sam, renamesBetween('sam', 'release')!)).toEqual(names);
});

test('both names of EfficientSAM', () => {
  const upstream = ['image_encoder.blocks.3.mlp.fc1.weight', 'mask_decoder.transformer.layers.0.mlp.fc.bias'];
  const copy = renamed(upstream, renamesBetween('efficient-sam', 'efficient-sam-release')!);
  expect(copy).toEqual(['image_encoder.blocks.3.mlp.lin1.weight', 'mask_decoder.transformer.layers.0.mlp.fc.bias']);
  expect(renamed(copy, renamesBetween('efficient-sam-release', 'efficient-sam')!)).toEqual(upstream);
});

test('no rules between different models', () => {
  for (const a of NAMINGS) {
    for (const b of NAMINGS) {
      const family = (n: string) => n.replace('-release', '').replace('release', 'sam');
      expect(renamesBetween(a, b) === null, `${a} to ${b}`).toBe(family(a) !== family(b));
    }
  }
});
