import { expect, test } from 'vitest';
import { affineOf, type Triple } from '../../src/data/affine';
import { checkDims, checkSameGrid, checkSpacing, chooseChannel, makeVolume, withData } from '../../src/data/volume';

const affine = affineOf([0.5, 0, 0], [0, 0.5, 0], [0, 0, 4], [1, 2, 3]);
const dims: Triple = [2, 3, 4];
const volume = makeVolume(dims, new Float32Array(24), affine);

test('a volume knows its spacing and axes', () => {
  expect(volume).toMatchObject({ spacing: [0.5, 0.5, 4], axes: 'RAS', source: null });
  expect(withData(volume, new Uint8Array(24)).affine).toBe(affine);
});

test('values that do not fill the grid, and grids that are none', () => {
  expect(() => makeVolume(dims, new Float32Array(23), affine)).toThrow(
    'volume: 23 values do not fill 2 × 3 × 4 voxels',
  );
  expect(() => makeVolume([0, 3, 4], new Float32Array(0), affine)).toThrow(/do not fill/);
  expect(() => checkDims('v', [2, 1.5], 1)).toThrow(/expected at least 1 each/);
  expect(() => checkDims('v', [], 1)).toThrow(/\(none\)/);
  expect(() => checkDims('v', [2048, 2048, 2048], 4)).toThrow(
    '2048 × 2048 × 2048 voxels take 32.0 GiB, at most 2.0 GiB',
  );
  expect(() => checkSpacing('v', [1, 1, 1])).not.toThrow();
  for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => checkSpacing('v', [1, bad, 1])).toThrow(/spacing along y is/);
});

test('a channel is asked for where there are several', () => {
  const info = { name: 'v', shape: [2, 2, 2, 3], dtype: 'int16', channels: 3 };
  expect(chooseChannel({ ...info, channels: 1 })).toBe(0);
  expect(chooseChannel(info, 2)).toBe(2);
  expect(() => chooseChannel(info)).toThrow(
    'v: a 2 × 2 × 2 × 3 int16 file holds 3 volumes — say which: channel 0 to 2',
  );
  expect(() => chooseChannel(info, 3)).toThrow(/no channel 3/);
});

test('labels must lie on the grid of the image: sizes and affines', () => {
  const same = (a = affine, d: Triple = dims) =>
    checkSameGrid(volume, makeVolume(d, new Uint8Array(24), a), 'i.nii', 'l.nii');
  expect(() => same()).not.toThrow();
  expect(() => same(affineOf([0.5, 0, 0], [0, 0.5, 0], [0, 0, 4], [1.001, 2, 3]))).not.toThrow(); // float32 rounding
  expect(() => same(affine, [3, 2, 4])).toThrow('l.nii: the labels have 3 × 2 × 4 voxels, the image i.nii 2 × 3 × 4');
  expect(() => same(affineOf([0.5, 0, 0], [0, 0.5, 0], [0, 0, 4], [1.5, 2, 3]))).toThrow(
    /affine differs from that of i\.nii by up to 0\.500 mm/,
  );
  expect(() => same(affineOf([0.5, 0, 0], [0, 0.5, 0], [0, 0, 5], [1, 2, 3]))).toThrow(/by up to 3\.00 mm/);
  expect(() => same(affineOf([-0.5, 0, 0], [0, 0.5, 0], [0, 0, 4], [1, 2, 3]))).toThrow(/axes LAS and RAS/);
});
