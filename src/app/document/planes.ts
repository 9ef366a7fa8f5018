/**
 * The planes that a case is seen in: which voxels a slice is made of and how its pixels lie on the screen. Pure
 * arithmetic; positions are continuous, (0, 0) is the outer corner of the first pixel.
 */
import { obliquity, orientationFrom, orientationOf, type Triple } from '../../data/affine';
import type { VoxelArray } from '../../data/volume';
import { type Plane, viewAxes } from '../../data/volumeReorient';
import type { CaseInfo } from './caseInfo';

/** A plane of a case. Axis 0 of the view runs to the right, 1 downwards, 2 from slice to slice. */
export interface PlaneGeometry {
  readonly plane: Plane;
  /** Axis of the case's grid along which each axis of the view runs; backwards where `flip`. */
  readonly from: Triple;
  readonly flip: readonly [boolean, boolean, boolean];
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  /** Size of a pixel on the screen, the smaller side being 1: voxels need not be square. */
  readonly pixel: readonly [x: number, y: number];
  /** Letters at the left, right, upper and lower border: where in the patient each points (L R P A I S); '' for images. */
  readonly letters: readonly [left: string, right: string, top: string, bottom: string];
}

/** The planes, in the order in which they are shown. */
export const PLANES: readonly Plane[] = ['axial', 'coronal', 'sagittal'];

type Grid = Pick<CaseInfo, 'affine' | 'dims' | 'spacing' | 'kind'>;

/** The geometry of `plane` for a case, by the closest axes of its affine. */
export function planeOf(info: Grid, plane: Plane): PlaneGeometry {
  const have = orientationOf(info.affine);
  const want = orientationFrom(viewAxes[plane]);
  const from = want.axis.map((r) => have.axis.indexOf(r)) as unknown as Triple;
  const flip = from.map((old, a) => have.sign[old] !== want.sign[a]) as unknown as PlaneGeometry['flip'];
  const [columns, rows, slices] = from.map((axis) => info.dims[axis]);
  const [dx, dy] = from.map((axis) => info.spacing[axis]);
  const small = Math.min(dx, dy);
  const [right, bottom] = viewAxes[plane];
  const letters = info.kind === 'image' ? (['', '', '', ''] as const) : lettersOf(right, bottom);
  return { plane, from, flip, columns, rows, slices, pixel: [dx / small, dy / small], letters };
}

/** Degrees up to which a grid is not called oblique. */
const SQUARE = 0.5;

/** `oblique 12°` where the axes of a volume point elsewhere than those of the patient; '' where they agree. */
export function obliqueText({ affine, kind }: Pick<CaseInfo, 'affine' | 'kind'>): string {
  const degrees = kind === 'volume' ? obliquity(affine) : 0;
  return degrees > SQUARE ? `oblique ${degrees < 9.5 ? degrees.toFixed(1) : degrees.toFixed(0)}°` : '';
}

const opposite: Readonly<Record<string, string>> = { L: 'R', R: 'L', P: 'A', A: 'P', I: 'S', S: 'I' };

const lettersOf = (right: string, bottom: string) => [opposite[right], right, opposite[bottom], bottom] as const;

/** Size of the plane in the units of the screen. */
export function extentOf({ columns, rows, pixel }: PlaneGeometry): { width: number; height: number } {
  return { width: columns * pixel[0], height: rows * pixel[1] };
}

/** The voxel under pixel (column, row) of a slice; whole numbers in, whole numbers out. */
export function voxelAt(g: PlaneGeometry, column: number, row: number, slice: number): Triple {
  const out: [number, number, number] = [0, 0, 0];
  [column, row, slice].forEach((n, a) => {
    out[g.from[a]] = g.flip[a] ? sizes(g)[a] - 1 - n : n;
  });
  return out;
}

/** Column, row and slice in which a voxel is seen. */
export function pixelAt(g: PlaneGeometry, voxel: Triple): Triple {
  return g.from.map((axis, a) => (g.flip[a] ? sizes(g)[a] - 1 - voxel[axis] : voxel[axis])) as unknown as Triple;
}

const sizes = (g: PlaneGeometry) => [g.columns, g.rows, g.slices] as const;

/** Index of the first pixel of a slice in the case's data, and the steps to the next column and row. */
export function stridesOf(
  g: PlaneGeometry,
  dims: Triple,
  slice: number,
): readonly [start: number, x: number, y: number] {
  const strides = [1, dims[0], dims[0] * dims[1]];
  const [i, j, k] = voxelAt(g, 0, 0, slice);
  const step = (a: 0 | 1) => (g.flip[a] ? -1 : 1) * strides[g.from[a]];
  return [i + j * strides[1] + k * strides[2], step(0), step(1)];
}

/** The values of a slice, row by row as seen; a new array of the same type. */
export function slicePixels<A extends VoxelArray>(data: A, g: PlaneGeometry, dims: Triple, slice: number): A {
  const { columns, rows } = g;
  const [start, dx, dy] = stridesOf(g, dims, slice);
  const out = data.slice(0, columns * rows) as A;
  for (let y = 0, o = 0; y < rows; y++) {
    for (let x = 0, at = start + y * dy; x < columns; x++, at += dx) out[o++] = data[at];
  }
  return out;
}
