/**
 * Between the pixels of a volume view and the voxels of its case. Positions in voxels are continuous, (0, 0, 0) is the
 * outer corner of the first; depth is in mm away from the viewer, 0 in the plane through the camera's focus. Pure.
 */
import { type Mat4d, mat4d, vec3d } from 'wgpu-matrix';
import { type Affine, applyAffine, type Triple } from '../../data/affine';
import type { Extent } from '../viewTransform';
import { axesOf, type Camera } from './camera';
import type { CaseInfo } from './caseInfo';

/** The rays of a view: straight, parallel, one for each pixel. */
export interface Rays {
  /** From (x, y in pixels, depth) to voxels. */
  readonly toVoxels: Mat4d;
  readonly toPixels: Mat4d;
  /** Millimetres of a pixel. */
  readonly mm: number;
}

type Grid = Pick<CaseInfo, 'affine' | 'dims'>;

/** Part of the volume's diagonal that fills the view: the corners of a volume are mostly empty. */
const FILL = 0.72;

const matrixOf = (a: Affine): Mat4d =>
  mat4d.create(...([0, 1, 2, 3].flatMap((c) => a.map((row) => row[c])) as number[]));

/** Millimetres from corner to corner. */
export function diagonalOf({ affine, dims }: Grid): number {
  const corners = [0, 1, 2, 3].map((c) => applyAffine(affine, [c & 1 ? dims[0] : 0, c & 2 ? dims[1] : 0, 0] as const));
  const opposite = [0, 1, 2, 3].map((c) =>
    applyAffine(affine, [c & 1 ? 0 : dims[0], c & 2 ? 0 : dims[1], dims[2]] as const),
  );
  return Math.max(...corners.map((p, i) => Math.hypot(...p.map((v, r) => v - opposite[i][r]))));
}

/** Millimetres across a volume that turns about the long axis of the patient. */
function widthOf({ affine, dims }: Grid): number {
  const at = (c: number) =>
    applyAffine(affine, [c & 1 ? dims[0] : 0, c & 2 ? dims[1] : 0, c & 4 ? dims[2] : 0] as const);
  const [low, high] = [at(0), at(7)];
  const middle = [0, 1].map((r) => (low[r] + high[r]) / 2);
  return 2 * Math.max(...[0, 1, 2, 3, 4, 5, 6, 7].map((c) => Math.hypot(...middle.map((m, r) => at(c)[r] - m))));
}

/** The rays of a view of `size` pixels: from the front and the sides all of the width is seen. */
export function raysOf(grid: Grid, camera: Camera, size: Extent): Rays {
  const mm =
    Math.max((FILL * diagonalOf(grid)) / Math.min(size.width, size.height), widthOf(grid) / size.width) / camera.zoom;
  const { right, up, near } = axesOf(camera);
  const middle = applyAffine(grid.affine, grid.dims.map((n) => (n - 1) / 2) as unknown as Triple);
  const at = middle.map((v, i) => v + camera.focus[i]);
  // Columns: a pixel to the right, a pixel down, a millimetre away, the focus.
  const toPatient = mat4d.multiply(
    mat4d.create(...right, 0, ...up, 0, ...near, 0, at[0], at[1], at[2], 1),
    mat4d.multiply(mat4d.scaling([mm, -mm, -1]), mat4d.translation([-size.width / 2, -size.height / 2, 0])),
  );
  const corner = mat4d.translation([0.5, 0.5, 0.5]);
  const toVoxels = mat4d.multiply(corner, mat4d.multiply(mat4d.inverse(matrixOf(grid.affine)), toPatient));
  return { toVoxels, toPixels: mat4d.inverse(toVoxels), mm };
}

/** Where the ray of a pixel is at a depth. */
export function voxelOn(rays: Rays, x: number, y: number, depth: number): Triple {
  return [...vec3d.transformMat4([x, y, depth], rays.toVoxels)] as unknown as Triple;
}

/** Pixel and depth of a position in voxels. */
export function pixelOf(rays: Rays, voxel: Triple): Triple {
  return [...vec3d.transformMat4([...voxel], rays.toPixels)] as unknown as Triple;
}

/** Change of the position in voxels for each mm away from the viewer. */
export function awayOf({ toVoxels: m }: Rays): Triple {
  return [m[8], m[9], m[10]];
}

/** Depths at which a pixel's ray enters and leaves a box in voxels; null where it misses. */
export function crossingOf(
  rays: Rays,
  x: number,
  y: number,
  [low, high]: readonly [Triple, Triple],
): readonly [number, number] | null {
  const [from, away] = [voxelOn(rays, x, y, 0), awayOf(rays)];
  let [enter, leave] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const i of [0, 1, 2]) {
    const d = Math.abs(away[i]) < 1e-9 ? 1e-9 : away[i];
    const [a, b] = [(low[i] - from[i]) / d, (high[i] - from[i]) / d];
    enter = Math.max(enter, Math.min(a, b));
    leave = Math.min(leave, Math.max(a, b));
  }
  return leave > enter ? [enter, leave] : null;
}
