import { type Affine, affineOf, type Triple } from '../../src/data/affine';
import { makeVolume, type Volume } from '../../src/data/volume';

/** A volume of float32 values by voxel index. */
export function volumeOf(
  dims: Triple,
  f: (x: number, y: number, z: number) => number,
  affine: Affine = affineOf([-1, 0, 0], [0, -1, 0], [0, 0, 3], [0, 0, 0]),
): Volume {
  const data = new Float32Array(dims[0] * dims[1] * dims[2]);
  for (let z = 0, i = 0; z < dims[2]; z++)
    for (let y = 0; y < dims[1]; y++) for (let x = 0; x < dims[0]; x++) data[i++] = f(x, y, z);
  return makeVolume(dims, data, affine);
}
