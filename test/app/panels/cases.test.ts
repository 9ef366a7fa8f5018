import { expect, test } from 'vitest';
import { captionOf } from '../../../src/app/panels/cases';
import { imageInfo, volumeInfo } from '../cases';

test('an open case says what it is, how large, and what was made of it', () => {
  expect(captionOf(volumeInfo('v', { modality: 'ct', dims: [9, 9, 24] }), 0)).toBe('CT · 24 slices');
  expect(captionOf(volumeInfo('v', { modality: 'mr', dims: [9, 9, 1] }), 1)).toBe('MR · 1 slice · 1 object');
  const source = { format: 'PNG', dims: [4000, 2000, 1], affine: null, turn: null, notes: [] } as const;
  expect(captionOf(imageInfo('i', { modality: 'colour', source }), 2)).toBe('4000 × 2000 · 2 objects');
});
