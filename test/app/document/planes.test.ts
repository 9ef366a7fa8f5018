import { expect, test } from 'vitest';
import { IMAGE_AFFINE } from '../../../src/app/document/caseInfo';
import { maskOn, masksWith } from '../../../src/app/document/planeMask';
import { extentOf, PLANES, pixelAt, planeOf, slicePixels, voxelAt } from '../../../src/app/document/planes';
import { packMask, type Runs, unpackMask } from '../../../src/app/document/runs';
import { type Affine, applyAffine, spacingOf, type Triple } from '../../../src/data/affine';

/** RAS voxels, oblique by 20° about the x axis, of 1 × 2 × 3 mm. */
const c = Math.cos(0.35);
const s = Math.sin(0.35);
const oblique: Affine = [
  [1, 0, 0, -10],
  [0, 2 * c, -3 * s, 5],
  [0, 2 * s, 3 * c, 7],
  [0, 0, 0, 1],
];
const dims: Triple = [4, 3, 2];
const grid = { affine: oblique, dims, spacing: spacingOf(oblique), kind: 'volume' as const };

/** Where the patient axis `axis` (0 R, 1 A, 2 S) goes from one pixel to another, by the affine alone. */
const towards = (plane: (typeof PLANES)[number], to: [number, number], axis: number) => {
  const g = planeOf(grid, plane);
  const [a, b] = [voxelAt(g, 0, 0, 0), voxelAt(g, to[0], to[1], 0)].map((v) => applyAffine(oblique, v));
  return b[axis] - a[axis];
};

test('axial: the patient’s left is on the right, the back below; coronal and sagittal: the feet below', () => {
  expect(towards('axial', [1, 0], 0)).toBeLessThan(0);
  expect(towards('axial', [0, 1], 1)).toBeLessThan(0);
  expect(towards('coronal', [1, 0], 0)).toBeLessThan(0);
  expect(towards('coronal', [0, 1], 2)).toBeLessThan(0);
  expect(towards('sagittal', [1, 0], 1)).toBeLessThan(0);
  expect(towards('sagittal', [0, 1], 2)).toBeLessThan(0);
});

test('letters name where each border lies', () => {
  expect(planeOf(grid, 'axial').letters).toEqual(['R', 'L', 'A', 'P']);
  expect(planeOf(grid, 'coronal').letters).toEqual(['R', 'L', 'S', 'I']);
  expect(planeOf(grid, 'sagittal').letters).toEqual(['A', 'P', 'S', 'I']);
});

test('pixels and voxels are each other’s inverse, in all planes', () => {
  for (const plane of PLANES) {
    const g = planeOf(grid, plane);
    expect([g.columns, g.rows, g.slices].toSorted()).toEqual([...dims].toSorted());
    for (let k = 0; k < g.slices; k++)
      for (let y = 0; y < g.rows; y++)
        for (let x = 0; x < g.columns; x++) expect(pixelAt(g, voxelAt(g, x, y, k))).toEqual([x, y, k]);
  }
});

test('a slice holds the values of its voxels, as seen', () => {
  const data = Float32Array.from({ length: 24 }, (_, i) => i);
  for (const plane of PLANES) {
    const g = planeOf(grid, plane);
    const found = slicePixels(data, g, dims, 1);
    const wanted = Array.from({ length: g.rows * g.columns }, (_, i) => {
      const [vx, vy, vz] = voxelAt(g, i % g.columns, Math.floor(i / g.columns), 1);
      return vx + 4 * vy + 12 * vz;
    });
    expect([...found]).toEqual(wanted);
  }
});

test('an image lies as it is, its pixels square; voxels that are not square are shown long', () => {
  const image = planeOf({ affine: IMAGE_AFFINE, dims: [5, 4, 1], spacing: [1, 1, 1], kind: 'image' }, 'axial');
  expect(image).toMatchObject({ from: [0, 1, 2], flip: [false, false, false], letters: ['', '', '', ''] });
  expect(extentOf(image)).toEqual({ width: 5, height: 4 });
  expect(extentOf(planeOf(grid, 'axial'))).toEqual({ width: 4, height: 6 });
});

test('a mask on any plane becomes masks along z and comes back', () => {
  for (const plane of PLANES) {
    const g = planeOf(grid, plane);
    const mask = Array.from({ length: g.columns * g.rows }, (_, i) => ((i * 7) % 3 === 0 ? 1 : 0));
    const before = new Map<number, Runs>([[0, packMask(new Uint8Array(12).fill(1))]]);
    const masks = new Map(before);
    for (const [z, runs] of masksWith({ dims }, g, 1, packMask(mask), before)) {
      if (runs) masks.set(z, runs);
      else masks.delete(z);
    }
    expect([...unpackMask(maskOn({ dims }, g, 1, masks))]).toEqual(mask);
    // The slice beside it is as it was.
    expect([...unpackMask(maskOn({ dims }, g, 0, masks))]).toEqual([...unpackMask(maskOn({ dims }, g, 0, before))]);
  }
});
