import { expect, test } from 'vitest';
import { openDicomSeg } from '../../src/data/dicomSeg';
import { openVolume } from '../../src/data/openVolume';
import { openVolumeFolder } from '../../src/data/volumeFolder';
import { needShared, readShared } from '../harness/shared';
import { sharedDataFolder } from './sharedDataFolder';

const blobOf = async (path: string) => new Blob([await readShared('data', path)]);
const sumOf = (data: ArrayLike<number>) => Array.from(data).reduce((a, v) => a + (v ? 1 : 0), 0);

for (const [name, dims, voxels] of [
  ['liver_1frame.dcm', [512, 512, 1], 36233],
  ['hd_seg_image_ct_binary.dcm', [16, 16, 3], 638],
  ['hd_seg_image_ct_binary_fractional.dcm', [16, 16, 3], 162690 / 255],
] as const) {
  test(`${name}: as many voxels as expected.json counts`, async (context) => {
    await needShared(context, 'data');
    const file = await openVolume(await blobOf(`formats/dicom/${name}`), name);
    expect(file.info).toMatchObject({ format: 'DICOM SEG', dims, axes: 'LPS' });
    expect(sumOf((await file.read()).data)).toBe(voxels);
  });
}

test('the liver as DICOM SEG is the liver as NRRD, and its set opens', async (context) => {
  await needShared(context, 'data');
  const folder = 'volumes-liver-ct-dicom';
  const seg = await (await openVolume(await blobOf(`${folder}/liver_seg.dcm`), 'liver_seg.dcm')).read();
  const nrrd = await (await openVolume(await blobOf(`${folder}/liver_seg.nrrd`), 'liver_seg.nrrd')).read();
  expect([...seg.data]).toEqual([...nrrd.data]);
  for (const [i, v] of seg.affine.flat().entries()) expect(v).toBeCloseTo(nrrd.affine.flat()[i], 4);
  const set = await openVolumeFolder(sharedDataFolder(folder));
  const { labels, image, classes } = await set.load('ct-3slice');
  expect(image.dims).toEqual([512, 512, 3]);
  expect(classes).toHaveLength(1);
  expect(sumOf(labels ?? [])).toBe(sumOf(nrrd.data));
});

test('frames that belong to no volume, and files cut short', async (context) => {
  await needShared(context, 'data');
  await expect(openDicomSeg(await blobOf('formats/dicom/hd_seg_image_cr_binary.dcm'), 'cr.dcm')).rejects.toThrow(
    /belongs to no volume/,
  );
  const liver = await blobOf('volumes-liver-ct-dicom/liver_seg.dcm');
  await expect(openDicomSeg(liver.slice(0, liver.size - 9000), 'l.dcm')).rejects.toThrow(/l\.dcm: .*truncated/);
});
