import { expect, test } from 'vitest';
import { movedBox, objectBox, shapeBox } from '../../src/train/augmentBox';
import type { TrainItem } from '../../src/train/trainItem';

const SIDE = 8;

/** An item of 6 rows and 8 columns whose object is the given pixels. */
const item = (...pixels: [number, number][]): TrainItem => {
  const mask = new Uint8Array(SIDE * SIDE);
  for (const [x, y] of pixels) mask[y * SIDE + x] = 1;
  return {
    ...{ id: 'a', className: 'b', image: new Uint8Array(3 * SIDE * SIDE), inputSize: [6, 8], mask },
    ...{ points: new Float32Array(2), labels: new Float32Array(1) },
  };
};
const still = { forward: [1, 0, 0, 0, 1, 0], flipX: false, flipY: false } as const;

test('tight boxes: of an object within its image, of all slices, of none', () => {
  const a = item([2, 1], [4, 3], [5, 7]);
  expect(objectBox(a, SIDE)).toEqual([2, 1, 4, 3]);
  expect(objectBox(item(), SIDE)).toBe(null);
  expect(shapeBox([a, item(), item([0, 5])], SIDE)).toEqual([0, 1, 4, 5]);
  expect(shapeBox([item()], SIDE)).toBe(null);
});

test('a box keeps its margins in extents of the object: shifted, enlarged, turned by a right angle', () => {
  const a = item([2, 1], [3, 1], [2, 2], [3, 2]);
  expect(movedBox([1, 1, 3, 2], a, SIDE, still)).toEqual([1, 1, 3, 2]);
  expect(movedBox([1, 1, 3, 2], a, SIDE, { ...still, forward: [1, 0, 2, 0, 1, 1] })).toEqual([3, 2, 5, 3]);
  // Twice as large about pixel (2, 1): the margin doubles, too.
  expect(movedBox([1, 1, 3, 2], a, SIDE, { ...still, forward: [2, 0, -2, 0, 2, -1] })).toEqual([0, 0.5, 4.5, 3.5]);
  const turned = { ...still, forward: [0, -1, 5, 1, 0, 0] } as const;
  expect(movedBox([2, 1, 3, 2], a, SIDE, turned)).toEqual([3, 2, 4, 3]);
});

test('a box without an object is moved by its corners', () => {
  expect(movedBox([1, 1, 3, 2], item(), SIDE, { ...still, forward: [1, 0, 2, 0, 1, 1] })).toEqual([3, 2, 5, 3]);
});
