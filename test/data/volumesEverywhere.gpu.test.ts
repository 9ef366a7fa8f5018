// Volumes use no GPU; this file is among the GPU tests because those run in Node and in Chrome, and streams that unpack,
// file parsers and the phantom's numbers must be equal in both.
import { expect, test } from 'vitest';
import { crc32 } from '../../src/data/bytes';
import { openDicom } from '../../src/data/dicom';
import { openMetaImage } from '../../src/data/metaImage';
import { readNifti } from '../../src/data/nifti';
import { writeNifti } from '../../src/data/niftiWrite';
import { openNrrd } from '../../src/data/nrrd';
import { phantom3d } from '../../src/data/phantom3d';
import { needShared, readShared } from '../harness/shared';

test('the 3-D phantom has the same voxels everywhere, and comes back from a packed file', async () => {
  const { image, labels } = phantom3d('mri', 7, 0, { size: 64, slices: 16 });
  expect([crc32(new Uint8Array(image.data.buffer)), crc32(labels)]).toEqual([3653581114, 3131124394]);
  const packed = await writeNifti(image, { gzip: true });
  expect((await readNifti(new Blob([packed]), { name: 'p.nii.gz' })).data).toEqual(image.data);
  const half = new Blob([packed.slice(0, packed.length / 2)]);
  await expect(readNifti(half, { name: 'p.nii.gz' })).rejects.toThrow(/truncated or damaged/);
});

test('NIfTI, NRRD and MetaImage twins are the same, and a DICOM slice reads', async (context) => {
  await needShared(context, 'data');
  const blob = async (path: string) => new Blob([await readShared('data', `formats/${path}`)]);
  const want = (await readNifti(await blob('nifti/ct_int16_bigendian.nii.gz'), { name: 'ct' })).data;
  expect((await (await openNrrd(await blob('nrrd/ct_gzip.nrrd'), 'ct')).read()).data).toEqual(want);
  expect((await (await openMetaImage(await blob('metaimage/ct_compressed.mha'), 'ct')).read()).data).toEqual(want);
  const slice = await openDicom([{ name: 'mr.dcm', blob: await blob('dicom/MR_small_bigendian.dcm') }]);
  expect(await slice.statistics()).toMatchObject({ min: 127, max: 2145, mean: 2125338 / 4096 });
});
