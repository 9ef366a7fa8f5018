import { expect, test } from 'vitest';
import { releaseTransformPrompt } from '../../src/models/sam/releasePrompt';

test('rows become queries, coordinates go to a frame of 1024, width with x and height with y', () => {
  const { coords, labels } = releaseTransformPrompt([1, 2, 3, 4, 5, 6, -7, 8], [1, 0, 0, 1], [2, 2], [512, 256], {
    points: 3,
  });
  expect([...coords]).toEqual([4, 4, 20, 12, -1, -1, 12, 8, -1, 16, -1, -1]);
  expect([...labels]).toEqual([1, 0, -1, 0, 1, -1]);
});

test('more points than there is room for are cut; sizes that do not fit are refused', () => {
  expect([...releaseTransformPrompt([1, 1, 2, 2], [1, 0], [2, 1], [1024, 1024], { points: 1 }).labels]).toEqual([1]);
  expect(() => releaseTransformPrompt([1, 1], [1, 0], [2, 1], [8, 8])).toThrow(/2 coordinates and 2 labels/);
});
