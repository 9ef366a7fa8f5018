import { expect, test } from 'vitest';
import { packMask } from '../../src/app/document/runs';
import { sizeText, spotOf, valuesText, voxelsOf } from '../../src/app/measures';
import { imageInfo, volumeInfo } from './cases';

/** 4 × 3 voxels. */
const slice = (...at: number[]) => packMask(Uint8Array.from({ length: 12 }, (_, i) => (at.includes(i) ? 1 : 0)));
const masks = new Map([
  [1, slice(0)],
  [3, slice(4, 5, 6, 10)],
]);

test('an object is looked at in its largest slice, on one of its own voxels near the middle', () => {
  expect(voxelsOf(masks)).toBe(5);
  expect(spotOf(volumeInfo(), masks)).toEqual([1, 1, 3]);
  // A ring: its middle is not part of it.
  const ring = new Map([[2, slice(0, 1, 2, 4, 6, 8, 9, 10)]]);
  const [x, y, z] = spotOf(volumeInfo(), ring)!;
  expect([[0, 1, 2, 4, 6, 8, 9, 10].includes(4 * y + x), z]).toEqual([true, 2]);
  expect(spotOf(volumeInfo(), new Map())).toBeNull();
});

test('sizes: pixels, or millilitres and the area on the slice that is looked at', () => {
  const info = volumeInfo('v', { spacing: [2, 3, 10] });
  expect(sizeText(info, masks, 'axial', 3)).toBe('0.3 ml · 24 mm² here');
  expect(sizeText(info, masks, 'coronal', 0)).toBe('0.3 ml · 20 mm² here');
  const many = new Map([[0, packMask(new Uint8Array(12345).fill(1))]]);
  expect(sizeText(imageInfo(), many, 'axial', 0)).toBe('12\u202f345 px');
});

test('values with three digits and a true minus', () => {
  const s = { voxels: 1, min: 0, max: 0 };
  expect(valuesText({ ...s, mean: -12.345, deviation: 0.5 }, ' HU')).toBe('mean −12.3 ± 0.5 HU');
  expect(valuesText({ ...s, mean: 1234.5, deviation: 0 })).toBe('mean 1\u202f235 ± 0');
});
