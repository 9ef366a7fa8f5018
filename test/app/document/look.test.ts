import { expect, test } from 'vitest';
import { firstLook, placeOf, planesOf, sliceOf, withSlice } from '../../../src/app/document/look';
import { imageInfo, volumeInfo } from '../cases';

test('a case opens in the middle, with its own window', () => {
  const info = volumeInfo('v', { window: [-160, 240] });
  const look = firstLook(info);
  expect(look).toMatchObject({ plane: 'axial', cross: [2, 1, 2], window: [-160, 240], modelWindow: [-160, 240] });
  expect(placeOf(info, look)).toEqual({ case: 'v', plane: 'axial', slice: 2 });
});

test('going to a slice moves the crosshair along one axis and stays within the case', () => {
  const info = volumeInfo();
  const look = firstLook(info);
  for (const plane of planesOf(info)) {
    for (const slice of [0, 1, 2]) expect(sliceOf(info, withSlice(info, look, plane, slice), plane)).toBe(slice);
    expect(withSlice(info, look, plane, 1).plane).toBe(plane);
  }
  expect(sliceOf(info, withSlice(info, look, 'axial', 99), 'axial')).toBe(4);
  expect(sliceOf(info, withSlice(info, look, 'axial', -1), 'axial')).toBe(0);
});

test('an image, and a single slice, has one plane', () => {
  expect(planesOf(imageInfo())).toEqual(['axial']);
  expect(planesOf(volumeInfo('v', { dims: [4, 3, 1] }))).toEqual(['axial']);
});
