import { expect, test } from 'vitest';
import { affineOf, applyAffine, type Triple } from '../../src/data/affine';
import { makeVolume } from '../../src/data/volume';
import { resampleSpacing, resampleToGrid, resizeVoxels } from '../../src/data/volumeResample';

const affine = affineOf([1, 0, 0], [0, 2, 0], [0, 0, 3], [10, 20, 30]);
const dims: Triple = [12, 8, 6];
const ramp = (at: Triple) => at[0] + 2 * at[1] - at[2];
const fill = (d: Triple, f: (at: Triple) => number) =>
  Float32Array.from({ length: d[0] * d[1] * d[2] }, (_, i) =>
    f([i % d[0], Math.floor(i / d[0]) % d[1], Math.floor(i / (d[0] * d[1]))]),
  );
const volume = makeVolume(
  dims,
  fill(dims, (at) => ramp(applyAffine(affine, at))),
  affine,
);

test.each([[[2, 2, 3]], [[0.5, 1, 1.5]], [[1, 1, 1]], [[3, null, null]]])(
  'at spacing %j a ramp keeps its values in space',
  (spacing) => {
    const out = resampleSpacing(volume, spacing, 'linear');
    for (const [c, s] of spacing.entries()) expect(out.spacing[c]).toBeCloseTo(s ?? volume.spacing[c], 6);
    let inner = 0;
    const [nx, ny] = out.dims;
    for (const [i, v] of out.data.entries()) {
      const at: Triple = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
      if (at.some((a, c) => a < 1 || a > out.dims[c] - 2)) continue; // the border repeats
      inner++;
      expect(v).toBeCloseTo(ramp(applyAffine(out.affine, at)), 3);
    }
    expect(inner).toBeGreaterThan(0);
  },
);

test('labels make no new values, and sizes round', () => {
  const labels = makeVolume(
    dims,
    Uint8Array.from(volume.data, (v) => (v > 20 ? 7 : 2)),
    affine,
  );
  const out = resampleSpacing(labels, [1.7, 1.1, 5], 'nearest');
  expect(out.data).toBeInstanceOf(Uint8Array);
  expect(new Set(out.data)).toEqual(new Set([2, 7]));
  expect(out.dims).toEqual([7, 15, 4]);
  expect(resampleSpacing(labels, [1, 2, null], 'nearest')).toBe(labels);
});

test('spacings that are none, and grids too large', () => {
  expect(() => resampleSpacing(volume, [0, 1, 1], 'linear')).toThrow(/spacing along x is 0/);
  expect(() => resampleSpacing(volume, [1e-4, 1e-4, 1e-4], 'linear')).toThrow(/GiB are read/);
});

test('onto another grid in space: oblique, partly outside', () => {
  const grid = {
    dims: [9, 7, 5] as Triple,
    affine: affineOf([0.9, 0.2, 0], [-0.3, 1.7, 0.1], [0, 0.2, 2.5], [11, 21, 31]),
  };
  const out = resampleToGrid(volume, grid, 'linear', -99);
  let inside = 0;
  for (const [i, v] of out.data.entries()) {
    const at: Triple = [i % 9, Math.floor(i / 9) % 7, Math.floor(i / 63)];
    const [x, y, z] = applyAffine(grid.affine, at);
    const voxel = [x - 10, (y - 20) / 2, (z - 30) / 3];
    if (voxel.every((p, c) => p >= 0 && p <= dims[c] - 1)) {
      inside++;
      expect(v).toBeCloseTo(ramp([x, y, z]), 4);
    } else if (voxel.some((p, c) => p < -0.5001 || p > dims[c] - 0.4999)) expect(v).toBe(-99);
  }
  expect(inside).toBeGreaterThan(200);
  expect(resampleToGrid(volume, volume, 'nearest').data).toEqual(volume.data);
});

test('resizing there and back keeps a constant', () => {
  const there = resizeVoxels(new Uint8Array(576).fill(9), dims, [5, 9, 2], 'linear');
  expect([...there].every((v) => Math.abs(v - 9) < 1e-5)).toBe(true);
});
