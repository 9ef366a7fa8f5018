// Resampling volumes: to another spacing (antialiased when shrinking) and to another grid in space.
import { type Affine, affineOf, applyAffine, columnOf, invertAffine, multiplyAffine, type Triple } from './affine';
import { resizeFloats } from './resample';
import { checkDims, checkSpacing, makeVolume, type Volume, type VoxelArray, voxelsOf } from './volume';

/** `linear` for images and logits, `nearest` for labels. */
export type Interpolation = 'linear' | 'nearest';

/** Values of a grid of `from` voxels, each axis stretched or shrunk to `to`: antialiased triangle filter. */
function resizeLinear(data: Float32Array, from: Triple, to: Triple): Float32Array {
  const [nx, ny, nz] = from;
  const x = resizeFloats({ width: nx, height: ny * nz, data }, to[0], ny * nz).data;
  const y = new Float32Array(to[0] * to[1] * nz);
  const plane = to[0] * ny;
  for (let z = 0; z < nz; z++) {
    const slice = { width: to[0], height: ny, data: x.subarray(z * plane, (z + 1) * plane) };
    y.set(resizeFloats(slice, to[0], to[1]).data, z * to[0] * to[1]);
  }
  return resizeFloats({ width: to[0] * to[1], height: nz, data: y }, to[0] * to[1], to[2]).data;
}

/** For each new index the old one whose voxel holds the new centre. */
const nearestIndex = (from: number, to: number): Int32Array =>
  Int32Array.from({ length: to }, (_, i) => Math.min(from - 1, Math.floor(((i + 0.5) * from) / to)));

function resizeNearest<A extends VoxelArray>(data: A, from: Triple, to: Triple): A {
  const [xs, ys, zs] = [0, 1, 2].map((c) => nearestIndex(from[c], to[c]));
  const out = new (data.constructor as new (n: number) => A)(voxelsOf(to));
  let o = 0;
  for (const z of zs) for (const y of ys) for (const x of xs) out[o++] = data[(z * from[1] + y) * from[0] + x];
  return out;
}

/** Values of a grid of `from` voxels over the same field of view with `to` voxels. Linear gives float32. */
export function resizeVoxels(data: VoxelArray, from: Triple, to: Triple, mode: Interpolation): VoxelArray {
  if (from.every((n, c) => n === to[c])) return data;
  if (mode === 'nearest') return resizeNearest(data, from, to);
  return resizeLinear(data instanceof Float32Array ? data : Float32Array.from(data), from, to);
}

/**
 * The volume at another spacing (mm along its own axes; null leaves an axis alone), over the same field of view: sizes
 * are rounded, so the spacing that comes out may differ a little. `VolumeError` for spacings that are none.
 */
export function resampleSpacing(volume: Volume, spacing: readonly (number | null)[], mode: Interpolation): Volume {
  const name = volume.source?.name ?? 'resampling';
  const want = volume.spacing.map((s, c) => spacing[c] ?? s);
  checkSpacing(name, want);
  const dims = volume.dims.map((n, c) =>
    Math.max(1, Math.round((n * volume.spacing[c]) / want[c])),
  ) as unknown as Triple;
  checkDims(name, dims, 4);
  if (dims.every((n, c) => n === volume.dims[c])) return volume;
  const ratio = dims.map((n, c) => volume.dims[c] / n);
  const column = (c: number): Triple => {
    const [x, y, z] = columnOf(volume.affine, c);
    return [x * ratio[c], y * ratio[c], z * ratio[c]];
  };
  const origin = applyAffine(volume.affine, ratio.map((r) => (r - 1) / 2) as unknown as Triple);
  const affine = affineOf(column(0), column(1), column(2), origin);
  return makeVolume(dims, resizeVoxels(volume.data, volume.dims, dims, mode), affine, volume.source);
}

/** Trilinear value at a position; positions up to half a voxel outside take the border's value, beyond NaN. */
function linearAt(data: VoxelArray, [nx, ny, nz]: Triple, [x, y, z]: Triple): number {
  if (!(x >= -0.5 && y >= -0.5 && z >= -0.5 && x <= nx - 0.5 && y <= ny - 0.5 && z <= nz - 0.5)) return Number.NaN;
  const [cx, cy, cz] = [
    Math.min(nx - 1, Math.max(0, x)),
    Math.min(ny - 1, Math.max(0, y)),
    Math.min(nz - 1, Math.max(0, z)),
  ];
  const [i, j, k] = [Math.floor(cx), Math.floor(cy), Math.floor(cz)];
  let sum = 0;
  for (let c = 0; c < 8; c++) {
    const [di, dj, dk] = [c & 1, (c >> 1) & 1, c >> 2];
    const w = (di ? cx - i : 1 - cx + i) * (dj ? cy - j : 1 - cy + j) * (dk ? cz - k : 1 - cz + k);
    if (w > 0) sum += w * data[((k + dk) * ny + j + dj) * nx + i + di];
  }
  return sum;
}

function nearestAt(data: VoxelArray, [nx, ny, nz]: Triple, [x, y, z]: Triple): number {
  const [i, j, k] = [Math.round(x), Math.round(y), Math.round(z)];
  return i >= 0 && j >= 0 && k >= 0 && i < nx && j < ny && k < nz ? data[(k * ny + j) * nx + i] : Number.NaN;
}

/**
 * The volume on another grid in space (`dims`, `affine`); `outside` fills what it does not cover. Linear gives float32,
 * nearest keeps the type. Does not antialias: for much coarser grids take `resampleSpacing` first.
 */
export function resampleToGrid(
  volume: Volume,
  grid: { readonly dims: Triple; readonly affine: Affine },
  mode: Interpolation,
  outside = 0,
): Volume {
  const name = volume.source?.name ?? 'resampling';
  checkDims(name, grid.dims, 4);
  const way = multiplyAffine(invertAffine(volume.affine), grid.affine);
  const make = volume.data.constructor as new (n: number) => VoxelArray;
  const out = mode === 'linear' ? new Float32Array(voxelsOf(grid.dims)) : new make(voxelsOf(grid.dims));
  const at = mode === 'linear' ? linearAt : nearestAt;
  const [nx, ny, nz] = grid.dims;
  for (let z = 0, o = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, o++) {
        const v = at(volume.data, volume.dims, applyAffine(way, [x, y, z]));
        out[o] = Number.isNaN(v) ? outside : v;
      }
    }
  }
  return makeVolume(grid.dims, out, grid.affine, volume.source);
}
