// From planes to slices and volumes: partial volume through a slice's thickness, labels by majority, millimetres and affine.
import { type Affine, affineOf, type Triple } from './affine';
import type { LabelClass } from './dataset';
import { hash32 } from './drawMath';
import type { Factor } from './phantomLevel';
import type { Plane } from './phantomPlane';
import type { Rng } from './rng';

/** Value and share of each label (classes in order) at the pixels of a plane. */
export interface DrawnPlane {
  readonly value: Float32Array;
  readonly shares: readonly Float32Array[];
}

/** One body, ready to be drawn and scanned. */
export interface VolumeCase {
  /** Noise-free value and label shares of a plane. */
  draw(plane: Plane): DrawnPlane;
  /** What the scanner makes of a slice's values; noise comes from `key` alone. In place. */
  scan(value: Float32Array, plane: Plane, key: number): void;
  /** Heights in mm between which a single slice shows something of each class it should. */
  readonly heights: readonly [low: number, high: number];
}

/** A kind of volume that is drawn plane by plane, so that single slices are to be had. */
export interface SlicedKind {
  readonly classes: readonly LabelClass[];
  /** mm of the side of a slice. */
  readonly field: number;
  /** mm from below the lowest slice to above the highest. */
  readonly between: readonly [low: number, high: number];
  /** Slices of a volume unless told otherwise. */
  readonly slices: number;
  /** Hounsfield units, int16; else a signal, uint16. */
  readonly hounsfield: boolean;
  body(by: Factor, random: Rng): VolumeCase;
}

/** A slice: values as measured, and labels (the values of `classes` in their order). */
export interface DrawnSlice {
  readonly value: Float32Array;
  readonly labels: Uint8Array;
}

/** Planes that make up a slice. */
const SUB = 2;

/** The slice of `thickness` mm about the plane. */
export function drawSlice(body: VolumeCase, plane: Plane, thickness: number, values: readonly number[]): DrawnSlice {
  const n = plane.nx * plane.ny;
  const value = new Float32Array(n);
  const shares = values.map(() => new Float32Array(n));
  for (let k = 0; k < SUB; k++) {
    const drawn = body.draw({ ...plane, z: plane.z + ((k + 0.5) / SUB - 0.5) * thickness });
    for (let i = 0; i < n; i++) value[i] += drawn.value[i] / SUB;
    for (const [c, share] of shares.entries()) for (let i = 0; i < n; i++) share[i] += drawn.shares[c][i] / SUB;
  }
  body.scan(value, plane, hash32(Math.round(plane.z * 64)));
  return { value, labels: majority(shares, values) };
}

/** The label with the largest share where all together have half or more. */
function majority(shares: readonly Float32Array[], values: readonly number[]): Uint8Array {
  const out = new Uint8Array(shares[0].length);
  for (let i = 0; i < out.length; i++) {
    let [sum, best, label] = [0, 0, 0];
    for (let c = 0; c < shares.length; c++) {
      const share = shares[c][i];
      sum += share;
      if (share > best) {
        best = share;
        label = values[c];
      }
    }
    if (sum >= 0.5) out[i] = label;
  }
  return out;
}

/** Where the slices of a volume lie, the lowest first: `field` mm wide, from `low` to `high` mm. */
export function slicePlanes(
  size: number,
  field: number,
  slices: number,
  [low, high]: readonly [number, number],
): Plane[] {
  const height = (high - low) / slices;
  const s = field / size;
  return Array.from({ length: slices }, (_, k) => ({ nx: size, ny: size, sx: s, sy: s, z: low + (k + 0.5) * height }));
}

/** The affine of a body lying on its back, axes LPS: its middle at the origin, as scanners place it. */
export function bodyAffine(dims: Triple, [dx, dy, dz]: Triple, lowest: number): Affine {
  const half = (a: 0 | 1, d: number) => ((dims[a] - 1) / 2) * d;
  return affineOf([-dx, 0, 0], [0, -dy, 0], [0, 0, dz], [half(0, dx), half(1, dy), lowest]);
}
