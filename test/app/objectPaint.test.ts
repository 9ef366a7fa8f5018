import { expect, test } from 'vitest';
import { packMask } from '../../src/app/document/runs';
import { COLOURS, paintObject } from '../../src/app/objectPaint';
import type { ObjectPicture } from '../../src/app/runProtocol';

const picture: ObjectPicture = {
  ...{ width: 4, height: 1, pixels: new Uint8ClampedArray(16).fill(0), slices: [], slice: 0 },
  truth: packMask([1, 1, 0, 0]),
  before: packMask([1, 0, 1, 1]),
  after: packMask([0, 1, 1, 0]),
};
const half = (colour: readonly number[]) => colour.map((v) => Math.round(v / 2));
const at = (data: Uint8ClampedArray, i: number) => [...data.subarray(4 * i, 4 * i + 3)];
const near = (colour: readonly number[]) => half(colour).map((v) => expect.closeTo(v, -0.5));

test('left of the line stands the mask before, right of it that after', () => {
  const all = paintObject(picture, 'swipe', 0.5);
  expect([0, 1, 2, 3].map((i) => at(all, i))).toEqual([
    near(COLOURS.before),
    [0, 0, 0],
    near(COLOURS.after),
    [0, 0, 0],
  ]);
});

test('the difference tells right, wrong and still wrong apart', () => {
  const all = paintObject(picture, 'difference', 0);
  expect([0, 1, 2, 3].map((i) => at(all, i))).toEqual(
    [COLOURS.lost, COLOURS.gained, COLOURS.wrong, COLOURS.gained].map(near),
  );
  expect(at(paintObject({ ...picture, after: null }, 'difference', 0), 0)).toEqual([0, 0, 0]);
});
