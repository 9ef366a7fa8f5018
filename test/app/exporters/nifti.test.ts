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
