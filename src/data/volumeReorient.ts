// Turning a volume so that its axes point where a view wants them (closest axes, no resampling), and turning what was
// made there back. Slices lie one behind another along z.
import { affineOf, applyAffine, columnOf, orientationFrom, orientationOf, type Triple } from './affine';
import { VolumeError } from './errors';
import { makeVolume, type Volume, type VoxelArray, voxelsOf } from './volume';

/** Views whose slices look as in a viewing room: rows downwards, patient's right on the left (axial, coronal). */
export const viewAxes = { axial: 'LPS', coronal: 'LIA', sagittal: 'PIL' } as const;
/** A plane that volumes are cut in. */
export type Plane = keyof typeof viewAxes;

/** Where each new axis comes from: new axis a runs along old axis `from[a]`, backwards where `flip[a]`. */
export interface Turn {
  readonly from: Triple;
  readonly flip: readonly [boolean, boolean, boolean];
}

/** The turn that brings `volume` to the orientation `code`. */
export function turnTo(volume: Volume, code: string): Turn {
  const have = orientationOf(volume.affine);
  const want = orientationFrom(code);
  const from = want.axis.map((r) => have.axis.indexOf(r)) as unknown as Triple;
  const flip = from.map((old, a) => have.sign[old] !== want.sign[a]);
  return { from, flip: flip as unknown as Turn['flip'] };
}

/** Moves values of a grid of `dims` by a turn; a new array of the same type. */
export function turnData<A extends VoxelArray>(data: A, dims: Triple, { from, flip }: Turn): A {
  const strides = [1, dims[0], dims[0] * dims[1]];
  const [nx, ny, nz] = from.map((old) => dims[old]);
  const step = from.map((old, a) => (flip[a] ? -strides[old] : strides[old]));
  const start = from.reduce((at, old, a) => at + (flip[a] ? (dims[old] - 1) * strides[old] : 0), 0);
  const out = data.slice() as A;
  for (let z = 0, o = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      let at = start + z * step[2] + y * step[1];
      for (let x = 0; x < nx; x++, at += step[0]) out[o++] = data[at];
    }
  }
  return out;
}

/** The volume with its axes nearest to `code` ('LPS' is the axial view); positions in space stay. */
export function reorient(volume: Volume, code: string): Volume {
  if (volume.axes === code) return volume;
  const turn = turnTo(volume, code);
  const column = (a: number): Triple => {
    const [x, y, z] = columnOf(volume.affine, turn.from[a]);
    return turn.flip[a] ? [-x, -y, -z] : [x, y, z];
  };
  const corner = [0, 0, 0];
  for (const a of [0, 1, 2]) if (turn.flip[a]) corner[turn.from[a]] = volume.dims[turn.from[a]] - 1;
  const origin = applyAffine(volume.affine, corner as unknown as Triple);
  const dims = turn.from.map((old) => volume.dims[old]) as unknown as Triple;
  const data = turnData(volume.data, volume.dims, turn);
  return makeVolume(dims, data, affineOf(column(0), column(1), column(2), origin), volume.source);
}

/** Values on the grid that `turn` made, brought back to the grid it came from, which has `dims`. */
export function turnBack<A extends VoxelArray>(data: A, dims: Triple, { from, flip }: Turn): A {
  if (data.length !== voxelsOf(dims)) {
    throw new VolumeError(`turning back: ${data.length} values do not fill ${dims.join(' × ')} voxels`);
  }
  const turned = from.map((old) => dims[old]) as unknown as Triple;
  const inverse = [0, 1, 2].map((old) => from.indexOf(old)) as unknown as Triple;
  const flips = inverse.map((a) => flip[a]) as unknown as Turn['flip'];
  return turnData(data, turned, { from: inverse, flip: flips });
}

/** Slice z: nx × ny values, a view into the volume's own. */
export function sliceAt<A extends VoxelArray>(data: A, [nx, ny, nz]: Triple, z: number): A {
  if (!(Number.isInteger(z) && z >= 0 && z < nz)) throw new VolumeError(`slice ${z}: there are slices 0 to ${nz - 1}`);
  return data.subarray(z * nx * ny, (z + 1) * nx * ny) as A;
}

/**
 * The plane to cut in: across the axis with clearly the coarsest spacing (20 % above the next), where in-plane detail is
 * best; else axial.
 */
export function defaultPlane(volume: Volume): Plane {
  const { axis } = orientationOf(volume.affine);
  const across: Readonly<Record<number, Plane>> = { 0: 'sagittal', 1: 'coronal', 2: 'axial' };
  const order = [0, 1, 2].sort((a, b) => volume.spacing[b] - volume.spacing[a]);
  const clear = volume.spacing[order[0]] > 1.2 * volume.spacing[order[1]];
  return clear ? across[axis[order[0]]] : 'axial';
}
