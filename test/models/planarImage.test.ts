import { expect, test } from 'vitest';
import { planarImage } from '../../src/models/sam/planarImage';

test('planes of red, green and blue; beyond the image stands the mean', () => {
  const image = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  expect([...planarImage(image, 2, [10, 20, 30])]).toEqual([1, 4, 10, 10, 2, 5, 20, 20, 3, 6, 30, 30]);
  expect(() => planarImage({ ...image, height: 2 }, 2, [0, 0, 0])).toThrow(/6 bytes for 2 × 2 RGB pixels; expected 12/);
});
