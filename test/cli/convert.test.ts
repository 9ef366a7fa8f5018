import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { attach } from '../../src/adapters/adapter';
import { lora } from '../../src/adapters/lora';
import { projectRoot } from '../../src/cli/chromium.mjs';
import { run } from '../../src/cli/convert';
import { installDawn } from '../../src/cli/dawn.mjs';
import { openFile } from '../../src/cli/files';
import { writeAdapter } from '../../src/data/adapterFile';
import { openCheckpoint } from '../../src/data/checkpoint';
import { compareTensorFiles } from '../../src/data/checkpointCheck';
import { f32Entry, readF32, type TensorFile } from '../../src/data/tensorFile';
import { stateDict, torchParts } from '../../src/data/torchWrite';
import { samConfig } from '../../src/models/sam/config';
import { buildSam } from '../../src/models/sam/sam';
import { makeParams } from '../../src/nn/params';

const nano = join(projectRoot, 'weights', 'sam-nano.safetensors');
let folder: string;
let out: string[];
let err: string[];
const at = (name: string) => join(folder, name);
const open = async (name: string): Promise<TensorFile> => openCheckpoint(await openFile(at(name)), name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convert-'));
  [out, err] = [[], []];
  vi.spyOn(console, 'log').mockImplementation((text) => void out.push(String(text)));
  vi.spyOn(console, 'error').mockImplementation((text) => void err.push(String(text)));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

test('a base to .pth and back: the same file', async () => {
  expect(await run([nano, at('n.pth')])).toBe(0);
  expect(out.join('\n')).toContain('202 tensors of a base, 0 of adapters');
  expect(out.join('\n')).toContain('202 fit; nothing is missing');
  expect(await run([nano, at('again.safetensors')])).toBe(0);
  const from = await openCheckpoint(await openFile(nano), 'nano');
  expect((await open('again.safetensors')).meta).toEqual(from.meta);
  for (const name of ['again.safetensors', 'n.pth'])
    expect((await compareTensorFiles(await open(name), from)).filter((r) => !r.equal)).toEqual([]);
});

test('a file that is there is not written over, and a dry run writes nothing', async () => {
  await writeFile(at('n.pth'), 'precious');
  await expect(run([nano, at('n.pth')])).rejects.toThrow(/is there already — give another name, or --force/);
  expect(await readFile(at('n.pth'), 'utf8')).toBe('precious');
  expect(await run([nano, at('m.pth'), '--dry-run', '--json'])).toBe(0);
  const said = JSON.parse(out.join('\n'));
  expect(said).toMatchObject({
    base: 202,
    adapters: 0,
    dryRun: true,
    written: [at('m.pth')],
    fits: { name: 'sam-nano' },
  });
  await expect(readFile(at('m.pth'))).rejects.toThrow();
  expect(await run([nano, at('n.pth'), '--force'])).toBe(0);
  expect((await open('n.pth')).entries.size).toBe(202);
});

test('a wrong command line exits with 2', async () => {
  await mkdir(at('folder.pth'));
  for (const argv of [
    [],
    [nano],
    [nano, at('x.onnx')],
    [nano, at('x.pth'), '--names', 'sma'],
    [nano, at('folder.pth')],
  ])
    expect(await run(argv), argv.join(' ')).toBe(2);
  expect(await run([nano, at('x.safetensors'), '--wrap', 'model'])).toBe(2);
  expect(err.join('\n')).toMatch(
    /expected IN and OUT[\s\S]*x\.onnx: expected a \.safetensors[\s\S]*did you mean sam\?/,
  );
});

/** LoRA on sam-nano as a folder: A as it starts, B counts up; their values by name. */
async function writeLora(name: string): Promise<Map<string, Float32Array>> {
  const sam = buildSam({ params: makeParams(1) }, samConfig('sam-nano'));
  attach(sam, lora({ rank: 2, alpha: 4 }));
  const own = sam.params.all().filter((p) => p.adapter);
  const values = new Map<string, Float32Array>();
  for (const p of own) {
    const start = await sam.params.values(p.name);
    values.set(p.name, p.name.endsWith('_B') ? start.map((_, i) => (i % 7) / 16) : start);
  }
  const tensors = own.map((p) => {
    const data = new Float32Array(values.get(p.name)!);
    return { name: p.name, dtype: 'F32', shape: p.shape, data };
  });
  const row = { name: 'lora', config: { rank: 2, alpha: 4 }, pattern: 'image_encoder.blocks.*' };
  for (const [file, blob] of writeAdapter(tensors, { base: { name: 'sam-nano' }, adapters: [row] })) {
    await mkdir(at(name), { recursive: true });
    await writeFile(join(at(name), file), new Uint8Array(await blob.arrayBuffer()));
  }
  return values;
}

test('an adapter is tried on a base, and merged into it', { timeout: 300_000 }, async () => {
  const values = await writeLora('lora');
  expect(await run([at('lora'), at('l.pth'), '--base', nano, '--dry-run'])).toBe(0);
  expect(out.join('\n')).toMatch(/attach lora to image_encoder\.blocks\.\*[\s\S]*note: on \S+: 8 placed/);
  await installDawn();
  expect(await run([at('lora'), at('merged.safetensors'), '--merge', '--base', nano])).toBe(0);
  const [merged, base] = [await open('merged.safetensors'), await openCheckpoint(await openFile(nano), 'nano')];
  expect([...merged.entries.keys()].sort()).toEqual([...base.entries.keys()].sort());
  const qkv = 'image_encoder.blocks.3.attn.qkv';
  const [a, b] = [values.get(`${qkv}.lora_A`)!, values.get(`${qkv}.lora_B`)!];
  const [got, was] = await Promise.all([merged, base].map((f) => readF32(f.entries.get(`${qkv}.weight`)!)));
  for (const [row, column] of [
    [0, 0],
    [63, 9],
    [64, 5],
    [127, 3],
    [128, 1],
    [191, 63],
  ]) {
    // biome-ignore format: pairs
    const third = Math.floor(row / 64);
    // q and v are the first and second pair of rows of A; k is unchanged.
    const part = third === 0 ? 0 : 1;
    const change = [0, 1].reduce(
      (sum, r) => sum + b[(part * 64 + (row % 64)) * 2 + r] * a[(part * 2 + r) * 64 + column],
      0,
    );
    expect(got[row * 64 + column]).toBeCloseTo(was[row * 64 + column] + (third === 1 ? 0 : 2 * change), 5);
  }
  const other = 'image_encoder.neck.0.weight';
  expect(await merged.entries.get(other)!.read()).toEqual(await base.entries.get(other)!.read());
});

test('what cannot be merged, or is for another base, says so', async () => {
  await expect(run([nano, at('m.pth'), '--merge'])).rejects.toThrow(/holds no adapter/);
  const w = f32Entry('image_encoder.blocks.11.attn.qkv.lora_B', [2304, 1], new Float32Array(2304));
  const a = f32Entry('image_encoder.blocks.11.attn.qkv.lora_A', [1, 768], new Float32Array(768));
  await writeFile(at('b.pth'), torchParts(stateDict(new Map([w, a].map((e) => [e.name, e])))));
  await expect(run([at('b.pth'), at('m.pth'), '--base', nano])).rejects.toThrow(
    /base of width 768 and 12 blocks \(vit_b\), the loaded base sam-nano has width 64 and 4 blocks — load vit_b/,
  );
});
