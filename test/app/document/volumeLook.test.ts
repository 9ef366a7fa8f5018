import { expect, test } from 'vitest';
import { clipBox, FIRST_VOLUME_LOOK, withClip } from '../../../src/app/document/volumeLook';

test('ends of the box are moved singly, within the volume, and never past each other', () => {
  const near = withClip(FIRST_VOLUME_LOOK, 1, 0, 0.25);
  expect(clipBox({ dims: [10, 20, 40] }, near)).toEqual([
    [0, 5, 0],
    [10, 20, 40],
  ]);
  expect(withClip(near, 1, 1, 0.1).clip[1][1]).toBeCloseTo(0.26);
  expect(withClip(near, 2, 1, 7).clip[2]).toEqual([0, 1]);
  expect(withClip(near, 2, 0, -7).clip[2]).toEqual([0, 1]);
  expect(FIRST_VOLUME_LOOK.clip[1]).toEqual([0, 1]);
});
