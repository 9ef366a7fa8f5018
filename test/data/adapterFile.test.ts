import { expect, test } from 'vitest';
import {
  ADAPTER_FILES,
  type AdapterInfo,
  adapterCard,
  checkAdapterBase,
  parseAdapterInfo,
  writeAdapter,
} from '../../src/data/adapterFile';

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

test('the files of a folder, as peft names them', async () => {
  const files = writeAdapter(tensors, info);
  expect([...files.keys()]).toEqual(['adapter_model.safetensors', 'adapter_config.json', 'README.md']);
  expect([...files.keys()]).toEqual(Object.values(ADAPTER_FILES));
  const text = await files.get('adapter_config.json')!.text();
  expect(JSON.parse(text)).toMatchObject({ format: 'medsa-lab-adapter', version: 1, base: info.base });
  expect(parseAdapterInfo(text, 'x')).toEqual(info);
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

test('the base must be the one it was trained on', () => {
  expect(() => checkAdapterBase(info, { name: 'sam-nano' })).not.toThrow();
  expect(() => checkAdapterBase(info, info.base)).not.toThrow();
  expect(() => checkAdapterBase(info, { name: 'vit_b' })).toThrow(
    /trained on sam-nano \(crc 12345678\), the loaded base is vit_b/,
  );
  expect(() => checkAdapterBase(info, { name: 'sam-nano', fingerprint: 'crc 0' })).toThrow(/load that base/);
});
