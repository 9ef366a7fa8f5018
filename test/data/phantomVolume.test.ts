import { expect, test } from 'vitest';
import { fieldOf } from '../../src/data/phantomPlane';
import { bodyAffine, drawSlice, slicePlanes, type VolumeCase } from '../../src/data/phantomVolume';

/** Two half spaces, cut at z = 0: label 3 below, 5 above on the left half. */
const body: VolumeCase = {
  draw: (plane) => ({
    value: fieldOf(plane, () => plane.z),
    shares: [fieldOf(plane, () => (plane.z < 0 ? 1 : 0)), fieldOf(plane, (x) => (plane.z > 0 && x > 0 ? 1 : 0))],
  }),
  scan: (value) => {
    for (let i = 0; i < value.length; i++) value[i] += 100;
  },
  heights: [0, 0],
};

test('a slice is the mean through its thickness, its labels the majority', () => {
  const plane = { nx: 4, ny: 2, sx: 1, sy: 1, z: 0 };
  const middle = drawSlice(body, plane, 4, [3, 5]);
  expect([...middle.value]).toEqual(new Array(8).fill(100));
  expect([...middle.labels.subarray(0, 4)]).toEqual([3, 3, 3, 3]); // half is enough
  expect([...drawSlice(body, { ...plane, z: 2 }, 1, [3, 5]).labels.subarray(0, 4)]).toEqual([0, 0, 5, 5]);
});

test('planes fill the height, the affine puts the first voxel left, front and low', () => {
  const planes = slicePlanes(10, 50, 4, [-8, 12]);
  expect(planes.map((p) => p.z)).toEqual([-5.5, -0.5, 4.5, 9.5]);
  expect(planes[0]).toMatchObject({ nx: 10, ny: 10, sx: 5, sy: 5 });
  expect(bodyAffine([3, 5, 2], [1, 2, 4], -7)).toEqual([
    [-1, 0, 0, 1],
    [0, -2, 0, 4],
    [0, 0, 4, -7],
    [0, 0, 0, 1],
  ]);
});
