import { expect, test } from 'vitest';
import { firstLook } from '../../../src/app/document/look';
import { packMask } from '../../../src/app/document/runs';
import { apply, startTimeline } from '../../../src/app/document/timeline';
import { exporter, labelsOnFile } from '../../../src/app/exporters/nifti';
import { volumeCase } from '../../../src/app/importers/volume';
import { affineOf } from '../../../src/data/affine';
import { makeVolume } from '../../../src/data/volume';
import { imageInfo, stateWith } from '../cases';

// Sagittal slices 5 mm apart, in a file whose axes are RAS: the case's grid is turned.
const affine = affineOf([5, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]);
const values = Int16Array.from({ length: 24 }, (_, i) => i);
const made = volumeCase('a.nii', 'h', makeVolume([2, 3, 4], values, affine));
const info = { ...made.info, id: 'a' };

test('labels come back to the voxels of the file whose values they were drawn on', () => {
  // Every voxel of slice 1 with an even value.
  const area = info.dims[0] * info.dims[1];
  const slice = Array.from(made.values.slice(area, 2 * area), (v) => (v % 4 === 0 ? 1 : 0));
  const { now } = apply(startTimeline(), { type: 'setMasks', masks: new Map([[1, packMask(slice)]]) });
  const marked = new Set<number>();
  for (const [i, v] of slice.entries()) if (v) marked.add(made.values[area + i]);
  expect([...labelsOnFile(now, info)]).toEqual(Array.from(values, (v) => (marked.has(v) ? 1 : 0)));
  expect(marked.size).toBeGreaterThan(0);
});

test('what cannot be saved says why', () => {
  expect(exporter.lacks(stateWith(imageInfo()))).toMatch(/Only volumes/);
  const open = { info, timeline: startTimeline(), look: firstLook(info) };
  expect(exporter.lacks({ ...stateWith(imageInfo()), cases: new Map([['a', open]]), shown: 'a' })).toMatch(/No mask/);
});
