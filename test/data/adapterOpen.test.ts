import { expect, test } from 'vitest';
import { type AdapterInfo, writeAdapter } from '../../src/data/adapterFile';
import { openAdapter, openAdapterFolder } from '../../src/data/adapterOpen';
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
  const adapter = await openAdapterFolder(folder(files));
  expect(adapter.info).toEqual(info);
  expect(await readF32(adapter.file.entries.get(tensors[0].name)!)).toEqual(Float32Array.of(1, 2));
  const config = JSON.parse(await files.get('adapter_config.json')!.text());
  expect(config).toMatchObject({ format: 'medsa-lab-adapter', version: 1, base: info.base });
});

test('the weights alone are enough, and further fields are kept', async () => {
  const files = writeAdapter(tensors, { ...info, note: 'x' } as AdapterInfo);
  expect((await openAdapter(files.get('adapter_model.safetensors')!)).info).toEqual({ ...info, note: 'x' });
});

test('an edited configuration counts', async () => {
  const files = writeAdapter(tensors, info);
  const edited = { ...JSON.parse(await files.get('adapter_config.json')!.text()), base: { name: 'vit_b' } };
  files.set('adapter_config.json', new Blob([JSON.stringify(edited)]));
  expect((await openAdapterFolder(folder(files))).info.base).toEqual({ name: 'vit_b' });
});

const withConfig = (config: unknown) =>
  writeSafetensors(tensors, {
    format: 'medsa-lab-adapter',
    config: typeof config === 'string' ? config : JSON.stringify(config),
  });
const good = { format: 'medsa-lab-adapter', version: 1, ...info };

test.each<[string, Blob, RegExp]>([
  ['broken JSON', withConfig('{'), /configuration is no JSON/],
  ['another format', withConfig({ ...good, format: 'x' }), /field format/],
  ['no base', withConfig({ ...good, base: undefined }), /field base/],
  [
    'a pattern that is no text',
    withConfig({ ...good, adapters: [{ name: 'medsa', config: {}, pattern: 3 }] }),
    /field adapters\.0\.pattern/,
  ],
  ['a newer version', withConfig({ ...good, version: 2 }), /newer release \(version 2, known is 1\)/],
  ['no safetensors at all', new Blob(['hello']), /no checkpoint of a known format/],
])('refuses %s', async (_what, blob, words) => {
  await expect(openAdapter(blob, 'a.safetensors')).rejects.toThrow(words);
});

test('a folder without weights, or with a broken configuration', async () => {
  await expect(openAdapterFolder(folder(new Map()))).rejects.toThrow(/out: there is no adapter_model\.safetensors/);
  const files = writeAdapter(tensors, info).set('adapter_config.json', new Blob(['{']));
  await expect(openAdapterFolder(folder(files))).rejects.toThrow(
    /out\/adapter_config\.json: its configuration is no JSON/,
  );
});

test('a run folder: the best adapter; the names of earlier releases', async () => {
  const files = writeAdapter(tensors, info);
  const weights = files.get('adapter_model.safetensors')!;
  const config = files.get('adapter_config.json')!;
  const other = writeAdapter(tensors, { ...info, base: { name: 'vit_b' } }).get('adapter_model.safetensors')!;
  const run = await openAdapterFolder(folder(new Map([['last.safetensors', other], ['best.safetensors', weights]]))); // biome-ignore format: short
  expect(run.info.base.name).toBe('sam-nano');
  const old = await openAdapterFolder(folder(new Map([['adapter.safetensors', weights], ['config.json', config]]))); // biome-ignore format: short
  expect(old.info).toEqual(info);
});

test('a folder of peft: its configuration states alpha', async () => {
  const at = 'base_model.model.image_encoder.blocks.0.attn.qkv';
  const lora = [
    { name: `${at}.lora_A.weight`, dtype: 'F32', shape: [2, 4], data: new Float32Array(8) },
    { name: `${at}.lora_B.weight`, dtype: 'F32', shape: [12, 2], data: new Float32Array(24) },
  ];
  const peft = (config: object) =>
    folder(
      new Map([
        ['adapter_model.safetensors', writeSafetensors(lora)],
        ['adapter_config.json', new Blob([JSON.stringify(config)])],
      ]),
    );
  const found = await openAdapterFolder(peft({ peft_type: 'LORA', r: 2, lora_alpha: 8 }));
  expect(found.info.adapters).toEqual([
    { name: 'lora', config: { rank: 2, alpha: 8, targets: 'qkv' }, pattern: 'image_encoder.blocks.*' },
  ]);
  await expect(openAdapterFolder(peft({ peft_type: 'IA3' }))).rejects.toThrow(/peft's IA3 is not known here/);
});

test('a published file says nothing of itself, and is opened all the same', async () => {
  const found = await openAdapter(
    writeSafetensors([
      {
        name: 'image_encoder.blocks.0.MLP_Adapter.D_fc1.weight',
        dtype: 'F32',
        shape: [1, 4],
        data: new Float32Array(4),
      },
    ]),
  );
  expect(found.info.adapters[0]).toMatchObject({ name: 'medsa', config: { r: 1 } });
  expect(found.notes.join()).toContain('ReLU');
});
