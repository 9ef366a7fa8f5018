import { expect, test } from 'vitest';
import { type Affine, affineOf, type Triple } from '../../src/data/affine';
import { readNifti } from '../../src/data/nifti';
import { readNiftiHeader } from '../../src/data/niftiHeader';
import { maskVolume, quaternionOf, writeNifti } from '../../src/data/niftiWrite';
import { makeVolume, type VoxelArray } from '../../src/data/volume';
import { listShared, needShared, readShared } from '../harness/shared';

const affine = affineOf([0, 2, 0], [0, 0, -3], [4, 0, 0], [5, 6, 70]);
const back = async (bytes: Uint8Array<ArrayBuffer>) => readNifti(new Blob([bytes]), { name: 'w.nii' });
const near = (a: Affine, b: Affine, tolerance: number) => {
  for (const [i, v] of a.flat().entries()) expect(Math.abs(v - b.flat()[i])).toBeLessThan(tolerance);
};

test.each<[string, VoxelArray]>([
  ['uint8', Uint8Array.of(0, 1, 254, 255)],
  ['int8', Int8Array.of(-128, 0, 1, 127)],
  ['uint16', Uint16Array.of(0, 1, 2, 65535)],
  ['int16', Int16Array.of(-32768, 0, 1, 32767)],
  ['uint32', Uint32Array.of(0, 1, 2, 4294967295)],
  ['int32', Int32Array.of(-2147483648, 0, 1, 2)],
  ['float32', Float32Array.of(-1.5, 0, Number.NaN, 3e38)],
  ['float64', Float64Array.of(Math.PI, 0, 1e-300, -1)],
])('%s comes back as it was, packed or not', async (dtype, data) => {
  const volume = makeVolume([2, 1, 2], data, affine);
  for (const gzip of [false, true]) {
    const read = await back(await writeNifti(volume, { gzip }));
    expect(read.data).toEqual(data);
    expect(read).toMatchObject({ dims: [2, 1, 2], affine, axes: 'AIR' });
    expect(read.source).toMatchObject({ dtype, format: 'NIfTI-1', notes: [] });
  }
});

test('sform and qform say the same, for every sample file that a quaternion can describe', async (context) => {
  await needShared(context, 'data');
  const names = (await listShared('data', 'formats/nifti')).filter((n) => /\.nii(\.gz)?$/.test(n));
  let sheared = 0;
  for (const name of names) {
    const volume = await readNifti(new Blob([await readShared('data', `formats/nifti/${name}`)]), { name, channel: 0 });
    const bytes = await writeNifti(volume);
    near((await back(bytes)).affine, volume.affine, 2e-5);
    const { qformCode } = readNiftiHeader(bytes, name);
    if (qformCode === 0) {
      sheared++;
      continue;
    }
    new DataView(bytes.buffer).setInt16(254, 0, true); // the qform alone
    near((await back(bytes)).affine, volume.affine, 2e-3);
  }
  expect(sheared).toBeLessThan(3);
});

test('a quaternion for all 24 turns and their mirror images; none for a shear', () => {
  const axes: Triple[] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  for (const [a, b, c] of [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]) {
    for (let s = 0; s < 8; s++) {
      const flip = (v: Triple, bit: number): Triple => (s & bit ? [-v[0], -v[1], -v[2]] : v);
      const q = quaternionOf(affineOf(flip(axes[a], 1), flip(axes[b], 2), flip(axes[c], 4), [0, 0, 0]));
      expect(Math.hypot(...(q?.bcd ?? [9]))).toBeLessThanOrEqual(1 + 1e-12);
    }
  }
  expect(quaternionOf(affineOf([1, 0.1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]))).toBeNull();
});

test('masks are as small as they fit; values that are none are refused', () => {
  const grid = makeVolume([2, 1, 2], new Float32Array(4), affine);
  expect(maskVolume(grid, [0, 1, 2, 255]).data).toBeInstanceOf(Uint8Array);
  expect(maskVolume(grid, [0, 1, 2, 256]).data).toBeInstanceOf(Int16Array);
  expect(maskVolume(grid, [0, 1, 2, 40000]).data).toBeInstanceOf(Int32Array);
  expect(() => maskVolume(grid, [0, 0.5, 0, 0])).toThrow('mask: value 0.5 at voxel 1');
  expect(() => maskVolume(grid, [0, -1, 0, 0])).toThrow(/value -1/);
  expect(() => maskVolume(grid, [1])).toThrow(/do not fill/);
});

test('NIfTI-1 cannot say more than 32767 voxels along an axis', async () => {
  const long = makeVolume([40000, 1, 1], new Uint8Array(40000), affine);
  await expect(writeNifti(long)).rejects.toThrow(/at most 32767/);
});
