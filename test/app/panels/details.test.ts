import { expect, test } from 'vitest';
import { factsOf } from '../../../src/app/panels/details';
import { affineOf } from '../../../src/data/affine';
import { imageInfo, volumeInfo } from '../cases';

test('of an image its size; of a volume where it lies, and every note', () => {
  expect(factsOf(imageInfo('a'))).toEqual([
    ['Name', 'a.png'],
    ['Format', 'PNG'],
    ['Size', '4 × 4 px'],
  ]);
  const affine = affineOf([-0.5, 0, 0], [0, -0.5, 0], [0, 0, 2.5], [0, 0, 0]);
  const source = { format: 'DICOM', dims: [8, 9, 10], affine, turn: null, notes: ['slices are missing'] } as const;
  expect(factsOf(volumeInfo('v', { source, range: [-1000, 2000.123456] })).slice(2)).toEqual([
    ['Size', '8 × 9 × 10 voxels'],
    ['Spacing', '0.5 × 0.5 × 2.5 mm'],
    ['Axes', 'LPS in the file; best seen axial'],
    ['Values', '-1000 to 2000.1'],
    ['Note', 'slices are missing'],
  ]);
});
