import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { installDawn } from '../../src/cli/dawn.mjs';
import { predictFiles } from '../../src/cli/predictFiles';
import { readPrompts } from '../../src/cli/predictPrompts';
import { openTrained } from '../../src/cli/trainedModel';
import { affineOf } from '../../src/data/affine';
import { decodeImage } from '../../src/data/image';
import { readNifti } from '../../src/data/nifti';
import { writeNifti } from '../../src/data/niftiWrite';
import { makeVolume } from '../../src/data/volume';
import { openGpu } from '../../src/gpu/device';
import { newFolder, writeBase, writeCases } from './adaptFixture';

vi.setConfig({ testTimeout: 600_000 });
await installDawn();
const gpu = await openGpu();
const base = join(await newFolder(), 'base.safetensors');
await writeBase(base);
const model = await openTrained({ base });
let asked = 0;
const host = { log: { write: () => true }, stopped: () => asked++ > 1, plan: { variants: { matmul: 'naive' } } };

test('images of a folder: a mask of each one’s size, one value per object; masks are no images; stopped between files', async () => {
  const folder = await writeCases(3);
  const out = await newFolder();
  asked = -1;
  const path = join(out, 'p.json');
  const two = [
    { name: 'left', points: [[10, 9]] },
    { name: 'right', box: [20, 12, 36, 30] },
  ];
  await writeFile(path, JSON.stringify({ '*': two }));
  const result = await predictFiles(folder, model, gpu, await readPrompts({ prompts: path }), { out }, host);
  expect(result.status).toBe('done');
  expect((await readdir(join(out, 'images'))).sort()).toEqual(['case0.png', 'case1.png', 'case2.png']);
  const mask = await decodeImage(new Blob([await readFile(join(out, 'images/case0.png'))]));
  expect([mask.width, mask.height, mask.channels]).toEqual([48, 40, 1]);
  const [first] = result.files;
  expect(first.objects.map((o) => [o.name, o.value])).toEqual([
    ['left', 1],
    ['right', 2],
  ]);
  for (const { value, voxels, score } of first.objects) {
    expect(mask.data.filter((v) => v === value)).toHaveLength(voxels);
    expect(Number.isFinite(score)).toBe(true);
  }
  asked = 0;
  const stopped = await predictFiles(folder, model, gpu, () => null, { out: await newFolder() }, host);
  expect([stopped.status, stopped.files.length]).toEqual(['stopped', 2]);
});

test('a volume: a mask on its own grid, with its affine', async () => {
  const folder = await newFolder();
  await mkdir(join(folder, 'in'));
  const affine = affineOf([-2, 0, 0], [0, 1.5, 0], [0, 0, 4], [7, -3, 11]);
  const data = Int16Array.from({ length: 16 * 12 * 6 }, (_, i) => (37 * i) % 211);
  await writeFile(
    join(folder, 'in', 'scan.nii.gz'),
    await writeNifti(makeVolume([16, 12, 6], data, affine), { gzip: true }),
  );
  asked = -1e9;
  const { files } = await predictFiles(join(folder, 'in'), model, gpu, () => null, { out: folder, depth: 2 }, host);
  const mask = await readNifti(new Blob([await readFile(join(folder, 'scan_mask.nii.gz'))]));
  expect(mask.dims).toEqual([16, 12, 6]);
  expect(mask.affine).toEqual(affine);
  expect(mask.data.filter((v) => v === 1)).toHaveLength(files[0].objects[0].voxels);
});

test('what is not there, or cannot be asked, is said with the file’s name', async () => {
  const ask = (path: string, prompts = () => null as never) =>
    predictFiles(path, model, gpu, prompts, { out: path }, host);
  await expect(ask('nowhere')).rejects.toThrow('nowhere: there is no such file or folder');
  await expect(ask(await newFolder())).rejects.toThrow('neither images');
  asked = -1e9;
  const outside = await readPrompts({ point: ['100,5'] });
  await expect(
    predictFiles(await writeCases(1), model, gpu, outside, { out: await newFolder() }, host),
  ).rejects.toThrow(/images\/case0\.png: .*\(100, 5\) lies outside the image of 48 × 40/);
});
