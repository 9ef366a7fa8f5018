import { expect, test } from 'vitest';
import { affineOf } from '../../src/data/affine';
import { makeVolume, type VoxelArray } from '../../src/data/volume';
import { finiteVolume, labelVolume } from '../../src/data/volumeLabels';

const of = (data: VoxelArray) =>
  makeVolume([data.length / 2, 2, 1], data, affineOf([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]));

test('voxels of an image that are no number are replaced and counted', () => {
  const { volume, notes } = finiteVolume(
    of(Float32Array.of(Number.NaN, 3, Number.POSITIVE_INFINITY, -2, Number.NEGATIVE_INFINITY, 0)),
    'i.nii',
  );
  expect([...volume.data]).toEqual([-2, 3, 3, -2, -2, 0]);
  expect(notes).toEqual(['i.nii: 3 of 6 voxels are NaN or infinite; the smallest or largest value stands for them']);
  const whole = of(Int16Array.of(1, 2));
  expect(finiteVolume(whole, 'i.nii')).toEqual({ volume: whole, notes: [] });
  expect(() => finiteVolume(of(new Float32Array(4).fill(Number.NaN)), 'i.nii')).toThrow(/no voxel has a finite value/);
});

test('labels stored as float or scaled become whole numbers', () => {
  const found = labelVolume(of(Float64Array.of(0, 0.9999999701976776, 4, 1)), 'l.nii', null);
  expect(found).toEqual({
    labels: Uint8Array.of(0, 1, 4, 1),
    classes: [
      { value: 1, name: 'label 1' },
      { value: 4, name: 'label 4' },
    ],
    empty: false,
  });
  expect(labelVolume(of(Int32Array.of(0, 300)), 'l.nii', null).labels).toBeInstanceOf(Uint16Array);
  const organ = [{ value: 1, name: 'liver' }];
  expect(labelVolume(of(Int16Array.of(0, 0)), 'l.nii', organ)).toMatchObject({ classes: organ, empty: true });
  expect(labelVolume(of(Int16Array.of(1, 9)), 'l.nii', organ, new Set([0, 9])).empty).toBe(false);
});

test.each<[string, VoxelArray, RegExp]>([
  ['NaN', Float32Array.of(0, 1, Number.NaN, 1), /voxel \(0, 1, 0\) has the label NaN — labels may not be NaN/],
  ['fractions', Float32Array.of(0, 0.5), /label 0\.5 — labels are whole numbers from 0 to 65535; is it the image/],
  ['negative values', Int16Array.of(0, -1), /label -1/],
  ['large values', Int32Array.of(0, 65536), /label 65536/],
  ['an image', Int16Array.from({ length: 600 }, (_, i) => i), /599 different values/],
])('%s are no labels', (_, data, message) => {
  expect(() => labelVolume(of(data), 'l.nii', null)).toThrow(message);
});

test('values that the index does not name', () => {
  expect(() => labelVolume(of(Uint8Array.of(0, 1, 2, 2)), 'l.nii', [{ value: 1, name: 'liver' }])).toThrow(
    /holds 2 \(2 voxels\), which "values"/,
  );
});
