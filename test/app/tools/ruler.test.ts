import { expect, test } from 'vitest';
import { planeOf } from '../../../src/app/document/planes';
import { showDistance } from '../../../src/app/tools/ruler';
import { imageInfo, volumeInfo } from '../cases';

test('distances in mm by the spacing of the plane’s own axes', () => {
  const info = volumeInfo('v', { spacing: [0.5, 2, 3] });
  const of = (plane: 'axial' | 'coronal' | 'sagittal') => showDistance(info, planeOf(info, plane), [1, 1], [4, 3]);
  // 3 pixels across, 2 down.
  expect(of('axial')).toBe(`${Math.hypot(1.5, 4).toFixed(1)} mm`);
  expect(of('coronal')).toBe(`${Math.hypot(1.5, 6).toFixed(1)} mm`);
  expect(of('sagittal')).toBe(`${Math.hypot(6, 6).toFixed(1)} mm`);
  const image = imageInfo();
  expect(showDistance(image, planeOf(image, 'axial'), [0, 0], [3, 4])).toBe('5.0 px');
});
