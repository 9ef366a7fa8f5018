import { expect, test } from 'vitest';
import {
  type AdapterInfo,
  adapterCard,
  checkAdapterBase,
  openAdapter,
  openAdapterFolder,
  writeAdapter,
} from '../../src/data/adapterFile';
import { fileFolder } from '../../src/data/dataset';
import { writeSafetensors } from '../../src/data/safetensors';
import { readF32 } from '../../src/data/tensorFile';

const info: AdapterInfo = {
  base: { name: 'sam-nano', fingerprint: 'crc 12345678' },
  adapters: [{ name: 'medsa', config: { ratio: 0.25, act: 'relu' }, pattern: 'image_encoder.blocks.*' }],
  parameters: { trained: 1234, total: 100000 },
  training: { data: 'ultra|sound', steps: 60, prompt: { kind: 'point-1' } },
  scores: [{ className: 'lesion', n: 7, before: 0.5, after: 0.75 }],
};
const tensors = [
  { name: 'image_encoder.blocks.0.MLP_Adapter.D_fc1.weight', dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) },
];
const folder = (files: Map<string, Blob>) => fileFolder('out', files);

test('a folder comes back as it was', async () => {
  const files = writeAdapter(tensors, info);
  expect([...files.keys()]).toEqual(['adapter.safetensors', 'config.json', 'README.md']);
  const adapter = await openAdapterFolder(folder(files));
  expect(adapter.info).toEqual(info);
  expect(await readF32(adapter.file.entries.get(tensors[0].name)!)).toEqual(Float32Array.of(1, 2));
  const config = JSON.parse(await files.get('config.json')!.text());
  expect(config).toMatchObject({ format: 'medsa-lab-adapter', version: 1, base: info.base });
});

test('the weights alone are enough, and further fields are kept', async () => {
  const files = writeAdapter(tensors, { ...info, note: 'x' } as AdapterInfo);
  expect((await openAdapter(files.get('adapter.safetensors')!)).info).toEqual({ ...info, note: 'x' });
});

test('an edited config.json counts', async () => {
  const files = writeAdapter(tensors, info);
  const edited = { ...JSON.parse(await files.get('config.json')!.text()), base: { name: 'vit_b' } };
  files.set('config.json', new Blob([JSON.stringify(edited)]));
  expect((await openAdapterFolder(folder(files))).info.base).toEqual({ name: 'vit_b' });
});

test('the card states numbers, percentage and scores', () => {
  const card = adapterCard(info);
  expect(card).toContain('# Adapter for sam-nano');
  expect(card).toContain('trained parameters: 1234 of 100000 (1.23 %)');
  expect(card).toContain('| data | ultra sound |');
  expect(card).toContain('| lesion | 7 | 0.5000 | 0.7500 |');
  expect(card).toContain('Not a medical device');
  expect(adapterCard({ base: { name: 'x' }, adapters: [] })).not.toContain('Dice');
});

const plain = writeSafetensors(tensors);
const withConfig = (config: unknown) =>
  writeSafetensors(tensors, {
    format: 'medsa-lab-adapter',
    config: typeof config === 'string' ? config : JSON.stringify(config),
  });
const good = { format: 'medsa-lab-adapter', version: 1, ...info };

test.each<[string, Blob, RegExp]>([
  ['no configuration', plain, /safetensors file without the configuration of an adapter/],
  ['broken JSON', withConfig('{'), /configuration is no JSON/],
  ['another format', withConfig({ ...good, format: 'x' }), /field format/],
  ['no base', withConfig({ ...good, base: undefined }), /field base/],
  [
    'a pattern that is no text',
    withConfig({ ...good, adapters: [{ name: 'medsa', config: {}, pattern: 3 }] }),
    /field adapters\.0\.pattern/,
  ],
  ['a newer version', withConfig({ ...good, version: 2 }), /newer release \(version 2, known is 1\)/],
  ['no safetensors at all', new Blob(['hello']), /too few/],
])('refuses %s', async (_what, blob, words) => {
  await expect(openAdapter(blob, 'a.safetensors')).rejects.toThrow(words);
});

test('a folder without weights, or with a broken config.json', async () => {
  await expect(openAdapterFolder(folder(new Map()))).rejects.toThrow(/out: there is no adapter\.safetensors/);
  const files = writeAdapter(tensors, info).set('config.json', new Blob(['{']));
  await expect(openAdapterFolder(folder(files))).rejects.toThrow(/out\/config\.json: its configuration is no JSON/);
});

test('the base must be the one it was trained on', () => {
  expect(() => checkAdapterBase(info, { name: 'sam-nano' })).not.toThrow();
  expect(() => checkAdapterBase(info, info.base)).not.toThrow();
  expect(() => checkAdapterBase(info, { name: 'vit_b' })).toThrow(
    /trained on sam-nano \(crc 12345678\), the loaded base is vit_b/,
  );
  expect(() => checkAdapterBase(info, { name: 'sam-nano', fingerprint: 'crc 0' })).toThrow(/load that base/);
});
