import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { run } from '../../src/cli/inspect';
import { encodePng } from '../../src/data/image';
import { safetensorsParts } from '../../src/data/safetensors';
import { f32Entry } from '../../src/data/tensorFile';
import { stateDict, torchParts } from '../../src/data/torchWrite';

let folder: string;
let out: string[];
let err: string[];
const at = (name: string) => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inspect-'));
  [out, err] = [[], []];
  vi.spyOn(console, 'log').mockImplementation((text) => void out.push(String(text)));
  vi.spyOn(console, 'error').mockImplementation((text) => void err.push(String(text)));
  await writeFile(at('a.png'), encodePng({ width: 2, height: 1, channels: 1, data: Uint8Array.of(3, 6) }));
  const w = f32Entry('image_encoder.blocks.0.attn.qkv.lora_A', [2, 6], new Float32Array(12));
  await writeFile(at('b.pth'), torchParts(stateDict(new Map([[w.name, w]]))));
});
afterEach(() => rm(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

test('text for people', async () => {
  expect(await run([at('a.png'), at('b.pth'), '--keys'])).toBe(0);
  expect(err).toEqual([]);
  expect(out.join('\n')).toContain('image, PNG: 2 × 1 pixels, 1 channel, uint8');
  expect(out.join('\n')).toContain('values 3 … 6, mean 4.5');
  expect(out.join('\n')).toContain('checkpoint, torch-zip: 1 tensors (F32 1), 12 numbers');
  expect(out.join('\n')).toContain('adapter LoRA at image_encoder.blocks.*.attn.qkv: 1 places, width 6');
  expect(out.join('\n')).toContain('image_encoder.blocks.0.attn.qkv.lora_A  F32 [2,6]');
});

test('JSON for programs; one file that cannot be read does not hide the others', async () => {
  await writeFile(at('c.pth'), '');
  expect(await run([at('a.png'), at('c.pth'), at('none.png'), '--json'])).toBe(1);
  const [image, empty, none] = JSON.parse(out.join('\n'));
  expect(image).toEqual({
    path: at('a.png'),
    bytes: expect.any(Number),
    kind: 'image',
    format: 'png',
    shape: [1, 2, 1],
    datatype: 'uint8',
    scaled_min: 3,
    scaled_max: 6,
    scaled_mean: 4.5,
    non_finite: 0,
  });
  expect(empty.error).toContain('the file is empty');
  expect(none.error).toContain('there is no such file');
});

test('a wrong command line exits with 2', async () => {
  expect(await run([])).toBe(2);
  expect(await run([at('a.png'), '--nope'])).toBe(2);
  expect(err.join('\n')).toContain('there is no flag --nope');
  expect(await run(['--help'])).toBe(0);
});

test('a folder stands for the adapter in it; values are measured when asked for', async () => {
  const w = f32Entry('image_encoder.blocks.0.MLP_Adapter.D_fc1.bias', [2], Float32Array.of(Number.NaN, 5));
  await mkdir(at('run'));
  expect(await run([at('run')])).toBe(1);
  expect(err.join('\n')).toContain('it is a folder without an adapter or DICOM files in it');
  await writeFile(join(at('run'), 'best.safetensors'), safetensorsParts([w]));
  expect(await run([at('run'), '--values'])).toBe(0);
  expect(out.join('\n')).toContain(join(at('run'), 'best.safetensors'));
  expect(out.join('\n')).toMatch(/values 5 … 5, mean 5\n.*1 are no finite number, in image_encoder.*bias/);
});
