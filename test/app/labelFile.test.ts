import { expect, test } from 'vitest';
import { unpackMask } from '../../src/app/document/runs';
import { volumeCase } from '../../src/app/importers/volume';
import { isLabelName, type LabelFile, labelsIn, objectsFrom, placeLabels } from '../../src/app/labelFile';
import { affineOf } from '../../src/data/affine';
import { makeVolume } from '../../src/data/volume';
import { reorient } from '../../src/data/volumeReorient';
import { imageInfo } from './cases';

// RAS, with sagittal slices 5 mm apart: the case is turned.
const affine = affineOf([5, 0, 0], [0, 1, 0], [0, 0, 1], [3, 2, 1]);
const values = Int16Array.from({ length: 24 }, (_, i) => i * 10);
const image = makeVolume([2, 3, 4], values, affine);
const made = volumeCase('scan.nii', 'h', image);
const info = { ...made.info, id: 'a' };
const labelled = makeVolume(
  [2, 3, 4],
  Uint8Array.from(values, (v) => (v % 40 === 0 ? 1 : v % 70 === 0 ? 3 : 0)),
  affine,
);

const file = (volume = labelled, change: Partial<LabelFile> = {}): LabelFile =>
  labelsIn(volume, { name: 'scan_seg.nii', kind: 'volume', declared: true, ...change })!;

/** Values of the image under each object. */
const under = (labels: ArrayLike<number>) =>
  objectsFrom(labels, info, { name: 'scan_seg.nii' }).map((o) => {
    const found: number[] = [];
    const area = info.dims[0] * info.dims[1];
    for (const [z, runs] of o.masks)
      for (const [i, v] of unpackMask(runs).entries()) if (v) found.push(made.values[z * area + i]);
    return [o.id, o.name, found.toSorted((a, b) => a - b)];
  });
const expected = [
  [1, 'Label 1', [0, 40, 80, 120, 160, 200]],
  [3, 'Label 3', [70, 140, 210]],
];

test('labels lie on the voxels of the image that they were made on', () => {
  const place = placeLabels(file(), [imageInfo('b'), info], null);
  expect('info' in place && place.info.id).toBe('a');
  expect('labels' in place && under(place.labels)).toEqual(expected);
});

test('of several images of one grid the name decides, then what is shown, then what came last', () => {
  const cases = ['scan1_t1.nii', 'scan2.nii', 'scan12.nii', 'scan2_t1.nii'].map((name) => ({
    ...info,
    name,
    id: name,
  }));
  const chosen = (name: string, shown: string | null) => {
    const place = placeLabels(file(labelled, { name }), cases, shown);
    return 'info' in place && place.info.id;
  };
  expect(chosen('scan2_seg.nii', 'scan12.nii')).toBe('scan2.nii');
  expect(chosen('scan1_seg.nii', 'scan12.nii')).toBe('scan1_t1.nii');
  expect(chosen('other_seg.nii', 'scan12.nii')).toBe('scan12.nii');
  expect(chosen('other_seg.nii', null)).toBe('scan2_t1.nii');
});

test('axes in another order, or only some slices, are no obstacle', () => {
  for (const code of ['LPS', 'SRA', 'AIL']) {
    const place = placeLabels(file(reorient(labelled, code)), [info], null);
    expect('labels' in place && under(place.labels), code).toEqual(expected);
  }
  // The last slice along z alone.
  const part = makeVolume([2, 3, 1], labelled.data.slice(18), affineOf([5, 0, 0], [0, 1, 0], [0, 0, 1], [3, 2, 4]));
  const place = placeLabels(file(part), [info], null);
  expect('labels' in place && under(place.labels)).toEqual([
    [1, 'Label 1', [200]],
    [3, 'Label 3', [210]],
  ]);
});

test('another grid is refused, saying what differs', () => {
  const moved = makeVolume([2, 3, 4], labelled.data, affineOf([5, 0, 0], [0, 1, 0], [0, 0, 1], [3, 2, 1.5]));
  expect(placeLabels(file(moved), [info], null)).toEqual({
    reason: expect.stringMatching(/scan_seg\.nii: the labels' affine differs from that of scan\.nii by up to 0\.5/),
  });
  const small = makeVolume([2, 3, 3], labelled.data.slice(0, 18), affineOf([5, 0, 0], [0, 1, 0], [0, 0, 2], [3, 2, 1]));
  expect(placeLabels(file(small), [info], null)).toEqual({
    reason: expect.stringMatching(/the labels have 2 × 3 × 3 voxels, the image scan\.nii 2 × 3 × 4/),
  });
  expect(placeLabels(file(), [imageInfo()], null)).toEqual({ reason: null });
});

test('what labels are', () => {
  const of = (data: number[], declared = false) =>
    labelsIn(makeVolume([data.length, 1, 1], Float32Array.from(data), affine), { name: 'a', kind: 'volume', declared });
  expect([...(of([0, 0.99999997, 2])?.volume.data ?? [])]).toEqual([0, 1, 2]);
  expect(of([0, 0.5])).toBeNull();
  expect(of([0, -1])).toBeNull();
  expect(of([1, 2])).toBeNull();
  expect(of([0, 0])).toBeNull();
  expect(of([0, Number.NaN])).toBeNull();
  expect(of(Array.from({ length: 100 }, (_, i) => i))).toBeNull();
  expect(
    of(
      Array.from({ length: 100 }, (_, i) => i),
      true,
    ),
  ).not.toBeNull();
  expect(of([0, 1000])).toBeNull();
  expect([...(of([0, 1000], true)?.volume.data ?? [])]).toEqual([0, 1000]);
});

test('names', () => {
  expect(['a-mask.png', 'a_seg.nii.gz', 'a_labels.nrrd', 'x Mask.png'].every(isLabelName)).toBe(true);
  expect(['mask_a.png', 'brainmask_scaled.nii', 'a.nii'].some(isLabelName)).toBe(false);
  const mask = [0, 255, 0, 0];
  const four = { ...imageInfo('scan'), dims: [2, 2, 1] as const };
  const named = (name: string) => objectsFrom(mask, four, { name }).map((o) => [o.id, o.name]);
  expect(named('scan-2-optic_disc.png')).toEqual([[undefined, 'optic disc']]);
  expect(named('scan-mask.png')).toEqual([[undefined, 'Mask']]);
  const source = { ...labelled.source!, names: new Map([[255, 'liver']]) };
  expect(objectsFrom(mask, four, { name: 'a', volume: { source } }).map((o) => o.name)).toEqual(['liver']);
});

test('a mask for an image: in the size of the file or as it is shown, and no other', () => {
  const large = imageInfo('a', { source: { ...imageInfo().source, dims: [8, 8, 1] } });
  const picture = (side: number) =>
    labelsIn(
      makeVolume(
        [side, side, 1],
        Uint8Array.from({ length: side * side }, (_, i) => Number(i % side >= side / 2)),
        affine,
      ),
      {
        ...{ name: 'a-mask.png', kind: 'image', declared: true },
      },
    )!;
  for (const side of [4, 8]) {
    const place = placeLabels(picture(side), [large], null);
    expect('labels' in place && [...place.labels.slice(0, 4)]).toEqual([0, 0, 1, 1]);
  }
  expect(placeLabels(picture(6), [large], null)).toEqual({
    reason:
      'a-mask.png: the mask has 6 × 6 pixels, the image a.png 8 × 8 — open the image that it belongs to first, then drop the mask',
  });
});
