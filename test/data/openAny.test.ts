import { expect, test } from 'vitest';
import { encodePng } from '../../src/data/image';
import { writeNifti } from '../../src/data/niftiWrite';
import { openAny } from '../../src/data/openAny';
import { writeSafetensors } from '../../src/data/safetensors';
import { makeVolume } from '../../src/data/volume';
import { dict, fileOf, str, torchLegacy, torchZip } from './torchBytes';

const png = new Blob([encodePng({ width: 2, height: 1, channels: 1, data: Uint8Array.of(3, 5) })]);
const tensors = writeSafetensors([{ name: 'a', dtype: 'U8', shape: [1], data: Uint8Array.of(1) }]);
const affine = [
  [2, 0, 0, -5],
  [0, 3, 0, 0],
  [0, 0, 4, 1],
  [0, 0, 0, 1],
] as const;
const cube = makeVolume([2, 2, 1], Int16Array.of(1, 2, 3, -6), affine);
const text = (words: string) => new Blob([words]);
const mp4 = new Blob([Uint8Array.of(0, 0, 0, 32), 'ftypisom', new Uint8Array(600)]);

test.for<[string, Blob, string]>([
  ['a PNG called .pth', png, 'image'],
  ['safetensors called .png', tensors, 'checkpoint'],
  ['a torch zip', fileOf(torchZip(dict(str('a'), str('b')))), 'checkpoint'],
  ['a legacy torch file', fileOf(torchLegacy(dict(str('a'), str('b')))), 'checkpoint'],
])('%s is told by its content', async ([name, blob, kind]) => {
  expect((await openAny(blob, name.endsWith('.pth') ? 'x.pth' : 'x.png')).kind).toBe(kind);
});

test.for<[string, Blob, RegExp]>([
  ['a.png', new Blob([]), /^a\.png: the file is empty/],
  ['a.png', mp4, /^a\.png: no file of a known kind .* looks like a video \(MP4/],
  ['a.txt', text('hello there'), /neither its first bytes nor its name/],
  ['a.pth', text('hello there'), /no checkpoint of a known format .* first bytes belong to none/],
  ['a.png', text('hello there'), /neither PNG nor JPEG/],
  ['a.safetensors', tensors.slice(0, tensors.size - 1), /truncated/],
  ['a.png', png.slice(0, 40), /ends inside a chunk/],
])('%s: in words what is wrong (%#)', async ([name, blob, words]) => {
  await expect(openAny(blob, name)).rejects.toThrow(words);
});

test.for([false, true])('a NIfTI volume, packed: %s, whatever its name', async (gzip) => {
  const bytes = await writeNifti(cube, { gzip });
  const opened = await openAny(new Blob([bytes]), 'volume.dat');
  if (opened.kind !== 'volume') throw new Error(opened.kind);
  expect(opened.volume.info).toMatchObject({ shape: [2, 2, 1], axes: 'RAS', dtype: 'int16' });
  expect(await opened.volume.statistics()).toMatchObject({ min: -6, max: 3, mean: 0 });
});

test('a DICOM file whose preamble looks like a NIfTI header is none', async () => {
  const bytes = new Uint8Array(600);
  new DataView(bytes.buffer).setInt32(0, 348, true);
  bytes.set(new TextEncoder().encode('DICM'), 128);
  await expect(openAny(new Blob([bytes]), 'scan')).rejects.not.toThrow(/NIfTI magic/);
});

test('a volume that breaks off says so', async () => {
  const packed = await writeNifti(cube, { gzip: true });
  await expect(openAny(new Blob([packed.slice(0, 30)]), 'a.nii.gz')).rejects.toThrow(/a\.nii\.gz: .*truncated/);
  const plain = await writeNifti(cube, { gzip: false });
  await expect(openAny(new Blob([plain.slice(0, 355)]), 'a.nii')).rejects.toThrow(/a\.nii: .*truncated/);
});
