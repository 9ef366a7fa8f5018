import { expect, test } from 'vitest';
import { gzip } from '../../src/data/gunzip';
import { isVolumeHead, isVolumeName, openVolume, volumeNames } from '../../src/data/openVolume';
import { listShared, needShared, readShared } from '../harness/shared';
import { niftiBytes } from './niftiBytes';

test('every NIfTI, NRRD and MetaImage of the samples opens by its content, whatever it is called', async (context) => {
  await needShared(context, 'data');
  let n = 0;
  for (const folder of ['nifti', 'nrrd', 'metaimage']) {
    const beside = async (name: string) => {
      const there = (await listShared('data', `formats/${folder}`)).includes(name);
      return there ? new Blob([await readShared('data', `formats/${folder}/${name}`)]) : null;
    };
    for (const name of await listShared('data', `formats/${folder}`)) {
      if (/\.(raw|img\.gz)$/.test(name)) continue;
      const blob = (await beside(name)) ?? new Blob();
      const { info } = await openVolume(blob, /hdr/.test(name) ? name : 'unnamed', beside);
      expect(info.dims.every((d) => d > 0)).toBe(true);
      n++;
    }
  }
  expect(n).toBeGreaterThanOrEqual(25);
});

test('either half of a pair, packed or not', async () => {
  const head = niftiBytes({ magic: 'ni1' });
  const image = new Uint8Array(24).fill(1);
  const files = new Map([
    ['a.hdr', head],
    ['a.img', image],
    ['b.hdr.gz', await gzip(head)],
    ['b.img.gz', await gzip(image)],
  ]);
  const beside = async (name: string) => (files.has(name) ? new Blob([files.get(name) ?? image]) : null);
  for (const name of files.keys()) {
    const file = await openVolume(new Blob([files.get(name) ?? image]), name, beside);
    expect((await file.read()).data[11], name).toBe(257);
  }
  await expect(openVolume(new Blob([image]), 'c.img', beside)).rejects.toThrow(/no \.hdr lies beside it/);
});

test('what is no volume is named', async () => {
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);
  await expect(openVolume(new Blob([png]), 'a.png')).rejects.toThrow(/looks like a PNG image — convert it to NIfTI/);
  await expect(openVolume(new Blob([png]), 'a.nii')).rejects.toThrow(/looks like a PNG image/);
  await expect(openVolume(new Blob(['words and words']), 'a.nii')).rejects.toThrow(/it is no NIfTI file/);
  await expect(openVolume(new Blob([]), 'a.nii')).rejects.toThrow(/empty/);
  expect(isVolumeHead(png)).toBe(false);
});

test('names', () => {
  const names = ['a.nii', 'a.nii.gz', 'A.NII', 'a.nrrd', 'a.nhdr', 'a.mha', 'a.mhd', 'a.hdr'];
  expect(names.every(isVolumeName)).toBe(true);
  expect(names.every((n) => volumeNames.test(n))).toBe(true);
  expect(['a.img', 'a.png', 'a.raw', 'anii'].some(isVolumeName)).toBe(false);
});
