import { expect, test } from 'vitest';
import { FIRST_CAMERA, STANDARD_VIEWS } from '../../../src/app/document/camera';
import { crossingOf, diagonalOf, pixelOf, raysOf, voxelOn } from '../../../src/app/document/rays';
import type { Affine } from '../../../src/data/affine';

const size = { width: 200, height: 100 };
const from = (side: keyof typeof STANDARD_VIEWS, change = {}) => ({
  ...FIRST_CAMERA,
  ...STANDARD_VIEWS[side],
  ...change,
});

/** 40 × 20 × 10 voxels of 1 × 2 × 5 mm, LPS. */
const plain = {
  dims: [40, 20, 10] as const,
  affine: [
    [-1, 0, 0, 7],
    [0, -2, 0, -3],
    [0, 0, 5, 90],
    [0, 0, 0, 1],
  ] as Affine,
};

/** The same axes by other columns, one flipped, turned by 30° about the long axis. */
const [c, s] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
const oblique = {
  dims: [10, 40, 20] as const,
  affine: [
    [0, c, -2 * s, 12],
    [0, s, 2 * c, -30],
    [-5, 0, 0, 4],
    [0, 0, 0, 1],
  ] as Affine,
};

test('the diagonal is measured in mm', () => {
  expect(diagonalOf(plain)).toBeCloseTo(Math.hypot(40, 40, 50), 9);
  expect(diagonalOf(oblique)).toBeCloseTo(Math.hypot(40, 40, 50), 9);
});

test('the middle of the view is the middle of the volume, whatever the grid', () => {
  for (const grid of [plain, oblique]) {
    const at = voxelOn(raysOf(grid, FIRST_CAMERA, size), 100, 50, 0);
    for (const [i, v] of at.entries()) expect(v).toBeCloseTo(grid.dims[i] / 2, 9);
  }
});

test('millimetres are square on the screen: from the front 40 × 50 mm keep their shape', () => {
  const rays = raysOf(plain, from('A'), size);
  const [x0, y0] = pixelOf(rays, [0, 0, 0]);
  const [x1, y1] = pixelOf(rays, [40, 0, 10]);
  // Axis 0 runs to the patient's left: to the right of the screen; axis 2 upwards.
  expect(x1 - x0).toBeCloseTo(40 / rays.mm, 9);
  expect(y0 - y1).toBeCloseTo(50 / rays.mm, 9);
});

test('flips and oblique axes end up where the affine says', () => {
  const rays = raysOf(oblique, from('S', { zoom: 2 }), size);
  const middle = [9 / 2, 39 / 2, 19 / 2] as const;
  for (const voxel of [[0, 0, 0] as const, [9, 39, 19] as const, [3, 30, 2] as const]) {
    const [x, y, depth] = pixelOf(rays, [voxel[0] + 0.5, voxel[1] + 0.5, voxel[2] + 0.5]);
    const d = voxel.map((v, i) => v - middle[i]);
    // By hand: x is to the right of the patient, y to the front, from above both point right and up.
    const mm = [c * d[1] - 2 * s * d[2], s * d[1] + 2 * c * d[2], -5 * d[0]];
    expect(x).toBeCloseTo(100 + mm[0] / rays.mm, 9);
    expect(y).toBeCloseTo(50 - mm[1] / rays.mm, 9);
    expect(depth).toBeCloseTo(-mm[2], 9);
  }
});

test('rays enter and leave a box in mm, also along its faces; others miss', () => {
  const rays = raysOf(plain, from('A'), size);
  const all = [[0, 0, 0], plain.dims] as const;
  const [enter, leave] = crossingOf(rays, 100, 50, all)!;
  expect([enter, leave].map((v) => Math.round(v * 1e6) / 1e6)).toEqual([-20, 20]);
  const half = crossingOf(rays, 100, 50, [[0, 10, 0], plain.dims])!;
  expect(half[0]).toBeCloseTo(0, 6);
  expect(crossingOf(rays, 0, 0, all)).toBeNull();
});

test('all of a flat, wide volume is seen, from whichever side, in a wide view and in a narrow one', () => {
  const flat = { ...plain, dims: [360, 150, 9] as const };
  for (const view of [
    { width: 750, height: 590 },
    { width: 300, height: 590 },
  ])
    for (const azimuth of [0, 25, 90, 130, 271]) {
      const rays = raysOf(flat, { ...FIRST_CAMERA, azimuth }, view);
      for (const x of [0, 360])
        for (const y of [0, 150])
          for (const z of [0, 9]) {
            const [column] = pixelOf(rays, [x, y, z]);
            expect(column).toBeGreaterThan(-1);
            expect(column).toBeLessThan(view.width + 1);
          }
    }
});
