import { expect, test } from 'vitest';
import { boxIoU, tightBox } from '../../../src/train/metrics/box';

test('the tight box of one pixel, of a full picture, of scattered pixels', () => {
  const mask = new Uint8Array(6 * 4);
  mask[2 * 6 + 3] = 7;
  expect(tightBox(mask, 6, 4)).toEqual([3, 2, 3, 2]);
  mask[6] = 1;
  mask[3 * 6 + 5] = 1;
  expect(tightBox(mask, 6, 4)).toEqual([0, 1, 5, 3]);
  expect(tightBox(mask.fill(1), 6, 4)).toEqual([0, 0, 5, 3]);
});

test('an empty mask and a mask of another size are refused', () => {
  expect(() => tightBox(new Uint8Array(12), 4, 3)).toThrow(/tightBox: the 4 x 3 mask is empty/);
  expect(() => tightBox(new Uint8Array(11), 4, 3)).toThrow(/11 pixels, expected 4 x 3 = 12/);
});

test('IoU counts whole pixels', () => {
  expect(boxIoU([2, 2, 2, 2], [2, 2, 2, 2])).toBe(1);
  expect(boxIoU([0, 0, 3, 3], [2, 0, 5, 3])).toBe(8 / 24);
  expect(boxIoU([0, 0, 1, 1], [2, 0, 3, 1])).toBe(0);
});
