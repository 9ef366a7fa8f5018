import { expect, test } from 'vitest';
import { affineOf, applyAffine, type Triple } from '../../src/data/affine';
import { makeVolume } from '../../src/data/volume';
import { defaultPlane, reorient, sliceAt, turnBack, turnTo, viewAxes } from '../../src/data/volumeReorient';

/** Values that tell where in space a voxel lies, so that any mistake of axis or sign shows. */
const tell = ([x, y, z]: Triple) => Math.round(x * 10000 + y * 100 + z);
function toldVolume(affine = affineOf([0, 2, 0], [0, 0, -3], [4, 0, 0], [5, 6, 70]), dims: Triple = [4, 3, 2]) {
  const data = new Int32Array(dims[0] * dims[1] * dims[2]);
  for (let z = 0, i = 0; z < dims[2]; z++)
    for (let y = 0; y < dims[1]; y++)
      for (let x = 0; x < dims[0]; x++) data[i++] = tell(applyAffine(affine, [x, y, z]));
  return makeVolume(dims, data, affine);
}

test('every voxel keeps its place in space, whatever the view, and comes back', () => {
  const volume = toldVolume();
  expect(volume.axes).toBe('AIR');
  for (const code of ['RAS', 'LPS', 'LIA', 'PIL', 'SAL', 'AIR']) {
    const turned = reorient(volume, code);
    expect(turned.axes).toBe(code);
    const [nx, ny] = turned.dims;
    for (const [i, v] of turned.data.entries()) {
      const at: Triple = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
      expect(v).toBe(tell(applyAffine(turned.affine, at)));
    }
    expect(turnBack(turned.data, volume.dims, turnTo(volume, code))).toEqual(volume.data);
  }
});

test('oblique grids take the closest axes', () => {
  const affine = affineOf([-2.87, -0.88, 0], [-0.87, 2.84, -0.42], [-0.2, 0.67, 4.95], [1, 2, 3]);
  const volume = toldVolume(affine);
  const turned = reorient(volume, viewAxes.axial);
  expect([volume.axes, turned.axes]).toEqual(['LAS', 'LPS']);
  expect(turned.data[0]).toBe(tell(applyAffine(turned.affine, [0, 0, 0])));
});

test('slices lie along z and are views', () => {
  const volume = toldVolume();
  expect(sliceAt(volume.data, volume.dims, 1)).toEqual(volume.data.subarray(12, 24));
  expect(() => sliceAt(volume.data, volume.dims, 2)).toThrow('slice 2: there are slices 0 to 1');
  expect(() => turnBack(new Uint8Array(3), [2, 2, 2], turnTo(volume, 'RAS'))).toThrow(/do not fill/);
});

test('the default plane lies across the coarsest axis, wherever it is stored, else is axial', () => {
  const plane = (x: Triple, y: Triple, z: Triple) =>
    defaultPlane(makeVolume([1, 1, 1], new Uint8Array(1), affineOf(x, y, z, [0, 0, 0])));
  expect(plane([1, 0, 0], [0, 1, 0], [0, 0, 5])).toBe('axial');
  expect(plane([0, 0, 5], [0, 1, 0], [1, 0, 0])).toBe('axial');
  expect(plane([5, 0, 0], [0, 1, 0], [0, 0, 1])).toBe('sagittal');
  expect(plane([0, 3, 0], [1, 0, 0], [0, 0, 1])).toBe('coronal');
  expect(plane([1.1, 0, 0], [0, 1, 0], [0, 0, 1])).toBe('axial');
});
