import { expect, test } from 'vitest';
import { firstLook } from '../../../src/app/document/look';
import { packMask } from '../../../src/app/document/runs';
import { apply, startTimeline } from '../../../src/app/document/timeline';
import { exporter, niftiOf } from '../../../src/app/exporters/nifti';
import { importFiles } from '../../../src/app/importFiles';
import { openNifti } from '../../../src/data/nifti';
import { listShared, needShared, readShared } from '../../harness/shared';
import { imageInfo, stateWith, volumeInfo } from '../cases';

test('what cannot be saved says why', () => {
  expect(exporter.applies?.(stateWith(imageInfo()))).toBe(false);
  const info = volumeInfo('a');
  const open = { info, timeline: startTimeline(), look: firstLook(info) };
  expect(exporter.lacks({ ...stateWith(imageInfo()), cases: new Map([['a', open]]), shown: 'a' })).toMatch(/No mask/);
});

test('a saved mask, opened again onto its image, is the same objects: NIfTI, DICOM, NRRD', async (context) => {
  await needShared(context, 'data');
  const file = async (path: string) =>
    new File([await readShared('data', `formats/${path}`)], path.slice(path.lastIndexOf('/') + 1));
  const series = (await listShared('data', 'formats/dicom/series-brain')).map((n) => `dicom/series-brain/${n}`);
  for (const paths of [
    ['nifti/ct_oblique_qform_only.nii.gz'],
    ['nifti/ct_permuted_axes_sform_only.nii.gz'],
    series,
    ['nrrd/ct_raw.nrrd'],
  ]) {
    const { cases } = await importFiles(await Promise.all(paths.map(file)));
    const { info } = cases[0];
    const area = info.dims[0] * info.dims[1];
    const mask = (k: number) => packMask(Array.from({ length: area }, (_, i) => Number((i * k) % 7 === 1)));
    const objects = [
      {
        ...{ id: 2, name: 'left lung <script>', colour: [9, 8, 7] as const },
        masks: new Map([
          [0, mask(1)],
          [info.dims[2] - 1, mask(3)],
        ]),
      },
      { id: 9, name: '肝', colour: [255, 0, 1] as const, masks: new Map([[1, mask(2)]]) },
    ];
    const { now } = apply(startTimeline(), { type: 'addObjects', objects });
    const saved = new File([await niftiOf(now, info)], 'anything.nii.gz');
    const { additions, refused } = await importFiles([saved], { open: [info], shown: info.id });
    expect(refused).toEqual([]);
    expect(additions[0].objects, paths[0]).toEqual(objects);
  }
});

test('a mask of every NIfTI sample has the affine, the size and the codes of its image', async (context) => {
  await needShared(context, 'data');
  for (const name of await listShared('data', 'formats/nifti')) {
    if (!/\.nii(\.gz)?$/.test(name)) continue;
    const blob = new Blob([await readShared('data', `formats/nifti/${name}`)]);
    const { cases } = await importFiles([new File([blob], name)]);
    const { info } = cases[0];
    const source = (await openNifti(blob, { name })).info;
    const mask = packMask(Array.from({ length: info.dims[0] * info.dims[1] }, (_, i) => Number(i === 1)));
    const { now } = apply(startTimeline(), { type: 'setMasks', masks: new Map([[0, mask]]) });
    const saved = await openNifti(await niftiOf(now, info), { name: 'mask.nii.gz' });
    expect(saved.info.dims, name).toEqual(source.dims);
    const size = Math.max(...source.spacing);
    for (const [r, row] of source.affine.entries())
      for (const [c, v] of row.entries()) expect(Math.abs(saved.info.affine[r][c] - v), name).toBeLessThan(1e-4 * size);
    expect([source.codes, { sform: 0, qform: source.codes?.qform }], name).toContainEqual(saved.info.codes);
    expect(
      Array.from((await saved.read()).data).reduce((n, v) => n + v, 0),
      name,
    ).toBe(1);
  }
});
