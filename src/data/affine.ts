// 4×4 matrices from voxel indices to millimetres (RAS+: right, anterior, superior grow), and what they say about the
// axes. Not responsible for moving any voxel.
import { VolumeError } from './errors';

/** Three numbers, one for each axis. */
export type Triple = readonly [number, number, number];
/** Four rows of four; the last is 0 0 0 1. Maps (i, j, k, 1) to (x, y, z, 1) in mm, RAS+. */
export type Affine = readonly (readonly [number, number, number, number])[];

/** The affine with these three columns and this origin. */
export function affineOf(x: Triple, y: Triple, z: Triple, origin: Triple): Affine {
  const row = (r: 0 | 1 | 2): [number, number, number, number] => [x[r], y[r], z[r], origin[r]];
  return [row(0), row(1), row(2), [0, 0, 0, 1]];
}

/** Column c: the step in mm from one voxel to the next along axis c (c = 3: the first voxel's centre). */
export const columnOf = (a: Affine, c: number): Triple => [a[0][c], a[1][c], a[2][c]];

/** Where a voxel position lies, in mm. */
export const applyAffine = (a: Affine, [i, j, k]: Triple): Triple => {
  const at = (r: number) => a[r][0] * i + a[r][1] * j + a[r][2] * k + a[r][3];
  return [at(0), at(1), at(2)];
};

/** a · b. */
export function multiplyAffine(a: Affine, b: Affine): Affine {
  const cell = (r: number, c: number) => a[r].reduce((sum, v, k) => sum + v * b[k][c], 0);
  return [0, 1, 2, 3].map((r): [number, number, number, number] => [cell(r, 0), cell(r, 1), cell(r, 2), cell(r, 3)]);
}

/** The vector at right angles to both. */
export const cross = (a: Triple, b: Triple): Triple => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
/** a · b of vectors. */
export const dot = (a: Triple, b: Triple): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
/** Length of a vector. */
export const normOf = (a: Triple): number => Math.hypot(a[0], a[1], a[2]);

/** Determinant of the 3×3 part: the signed volume of a voxel in mm³. */
export const determinant = (a: Affine): number => dot(columnOf(a, 0), cross(columnOf(a, 1), columnOf(a, 2)));

/** The inverse, from mm to voxel positions; `VolumeError` where the axes do not span space. */
export function invertAffine(a: Affine): Affine {
  const [x, y, z, t] = [0, 1, 2, 3].map((c) => columnOf(a, c));
  const det = dot(x, cross(y, z));
  checkSpans(a, 'affine');
  const rows = [cross(y, z), cross(z, x), cross(x, y)].map((r): Triple => [r[0] / det, r[1] / det, r[2] / det]);
  return [
    ...rows.map((r): [number, number, number, number] => [r[0], r[1], r[2], -dot(r, t)]),
    [0, 0, 0, 1],
  ] as unknown as Affine;
}

/** Lengths of the three columns: the voxel spacing in mm. */
export const spacingOf = (a: Affine): Triple => [
  normOf(columnOf(a, 0)),
  normOf(columnOf(a, 1)),
  normOf(columnOf(a, 2)),
];

/** `VolumeError` unless all is finite and the three axes span space. */
export function checkSpans(a: Affine, name: string): void {
  const show = () => a.slice(0, 3).map((r) => `[${r.map((v) => Number(v.toPrecision(6))).join(', ')}]`);
  if (!a.flat().every(Number.isFinite)) {
    throw new VolumeError(`${name}: the affine has values that are no numbers, ${show()} — correct the header`);
  }
  const [x, y, z] = spacingOf(a);
  if (!(Math.abs(determinant(a)) > 1e-6 * x * y * z)) {
    throw new VolumeError(
      `${name}: the affine's axes do not span space, ${show()} (a column is zero, or two are parallel) — correct the sform or qform`,
    );
  }
}

/** The nearest rotation (or reflection) to the affine's normalised 3×3 part, by Newton's iteration for the polar factor. */
function orthogonalPart(a: Affine): Triple[] {
  const s = spacingOf(a);
  let q = [0, 1, 2].map((c): Triple => {
    const v = columnOf(a, c);
    return [v[0] / s[c], v[1] / s[c], v[2] / s[c]];
  });
  for (let step = 0; step < 30; step++) {
    const det = dot(q[0], cross(q[1], q[2]));
    const inverseT = [cross(q[1], q[2]), cross(q[2], q[0]), cross(q[0], q[1])];
    q = q.map((v, c): Triple => {
      const w = inverseT[c];
      return [(v[0] + w[0] / det) / 2, (v[1] + w[1] / det) / 2, (v[2] + w[2] / det) / 2];
    });
  }
  return q;
}

/** Which patient axis each voxel axis is nearest to (0 left–right, 1 posterior–anterior, 2 inferior–superior). */
export interface Orientation {
  /** Patient axis of each voxel axis; a permutation. */
  readonly axis: Triple;
  /** 1 where the voxel index grows to right, anterior, superior; −1 where it falls. */
  readonly sign: Triple;
}

/** The closest axes, oblique grids included; the clearest axis chooses first. */
export function orientationOf(a: Affine): Orientation {
  const q = orthogonalPart(a);
  const axis = [0, 0, 0];
  const sign = [1, 1, 1];
  const taken = new Set<number>();
  const clearest = [0, 1, 2].sort((b, c) => Math.max(...q[c].map(Math.abs)) - Math.max(...q[b].map(Math.abs)));
  for (const c of clearest) {
    const free = [0, 1, 2].filter((r) => !taken.has(r));
    const best = free.reduce((m, r) => (Math.abs(q[c][r]) > Math.abs(q[c][m]) ? r : m));
    taken.add(best);
    axis[c] = best;
    sign[c] = q[c][best] < 0 ? -1 : 1;
  }
  return { axis: axis as unknown as Triple, sign: sign as unknown as Triple };
}

const letters = ['LR', 'PA', 'IS'] as const;

/** Orientation code such as RAS or LPI: where each voxel index grows towards. */
export function axesOf(a: Affine): string {
  const { axis, sign } = orientationOf(a);
  return axis.map((r, c) => letters[r][sign[c] > 0 ? 1 : 0]).join('');
}

/** The orientation that a code such as LPS names; `VolumeError` for anything else. */
export function orientationFrom(code: string): Orientation {
  const axis = [...code].map((c) => letters.findIndex((pair) => pair.includes(c)));
  if (code.length !== 3 || axis.includes(-1) || new Set(axis).size !== 3) {
    throw new VolumeError(
      `orientation ${JSON.stringify(code)}: expected three letters, one of L/R, one of P/A, one of I/S, such as RAS`,
    );
  }
  const sign = [...code].map((c, i) => (letters[axis[i]][1] === c ? 1 : -1));
  return { axis: axis as unknown as Triple, sign: sign as unknown as Triple };
}

/** Largest angle in degrees between a voxel axis and its patient axis; 0 for a grid that is not oblique. */
export function obliquity(a: Affine): number {
  const { axis } = orientationOf(a);
  const s = spacingOf(a);
  const cosines = axis.map((r, c) => Math.min(1, Math.abs(a[r][c]) / s[c]));
  return (Math.acos(Math.min(...cosines)) * 180) / Math.PI;
}
