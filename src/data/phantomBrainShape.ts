// Where the parts of a head lie: depths in mm (positive inside) for points of one plane. Imitates how a brain looks in
// slices; no atlas. Not responsible for grey values or tumours.
import { mix, smoothstep } from './drawMath';
import { bent, fieldOf, insideEllipsoid, noiseOn, type Plane } from './phantomPlane';
import { insideTube, tubeOf } from './phantomTube';
import type { Rng } from './rng';

/** Sizes of one head. */
export interface BrainPlan {
  /** Half axes of the cerebrum in mm. */
  readonly radii: readonly [number, number, number];
  /** How much wider it is behind than in front. */
  readonly taper: number;
  /** Times the usual width of the ventricles, by side. */
  readonly ventricles: readonly [right: number, left: number];
  /** Half width of a sulcus in mm: more in old age. */
  readonly sulcus: number;
  readonly skull: number;
  readonly scalp: number;
  readonly key: number;
}

/** A head by chance. */
export function brainPlan(random: Rng): BrainPlan {
  const age = random.uniform();
  const size = random.uniform(0.95, 1.05);
  const width = mix(0.85, 1.9, age) * random.uniform(0.8, 1.2);
  return {
    radii: [66 * size * random.uniform(0.97, 1.04), 83 * size * random.uniform(0.97, 1.03), 66 * size],
    taper: random.uniform(0.02, 0.07),
    ventricles: [width * random.uniform(0.92, 1.08), width * random.uniform(0.92, 1.08)],
    sulcus: mix(0.35, 1.1, age) * random.uniform(0.8, 1.2),
    skull: random.uniform(6, 8.5),
    scalp: random.uniform(4.5, 8),
    key: random.u32(),
  };
}

/** Depths in mm at the pixels of a plane. */
export interface BrainDepths {
  /** Inside the cerebrum's outline as if it had no base and no sulci; head and skull follow it. */
  readonly outline: Float32Array;
  /** Inside brain: cerebrum, cerebellum, stem. */
  readonly brain: Float32Array;
  /** Distance from the nearest sulcus or fissure. */
  readonly sulcus: Float32Array;
  readonly ventricles: Float32Array;
  /** Inside thalamus, caudate nucleus or putamen. */
  readonly nuclei: Float32Array;
  /** Inside cerebellum or brain stem. */
  readonly hindbrain: Float32Array;
}

/** Moves a point to where its tissue was before a tumour pushed it: writes x, y, z. */
export type Warp = (x: number, y: number, z: number, out: Float64Array) => void;

/** All depths on a plane. */
export function brainDepths(plan: BrainPlan, plane: Plane, warp: Warp): BrainDepths {
  const { z } = plane;
  const [rx, ry, rz] = plan.radii;
  const wander = noiseOn(plane, 45, 2, 0.5, plan.key);
  const outline = fieldOf(plane, (x, y, i) => {
    const t = y / ry;
    return insideEllipsoid(x / (1 + plan.taper * t - 0.05 * t * t), y, z - 4, rx, ry, rz) + 1.6 * wander[i];
  });
  const hindbrain = fieldOf(plane, (x, y, i) => (outline[i] > -8 && z < 8 ? insideHindbrain(x, y, z) : -20));
  const cistern = 1.5 * smoothstep(-12, -20, z);
  const brain = fieldOf(plane, (x, y, i) =>
    Math.max(hindbrain[i], Math.min(outline[i], aboveBase(x, y, z), -cistern - hindbrain[i])),
  );
  const folds = sulci(plan, plane, outline);
  const at = new Float64Array(3);
  const warped = (of: (x: number, y: number, z: number, i: number) => number) =>
    fieldOf(plane, (x, y, i) => {
      if (outline[i] < 0) return -50;
      warp(x, y, z, at);
      return of(at[0], at[1], at[2], i);
    });
  return {
    ...{ outline, brain, hindbrain },
    sulcus: warped((x, y, zz, i) => Math.min(folds[i], fissures(x, y, zz, plan))),
    ventricles:
      z > 50
        ? fieldOf(plane, () => -50)
        : warped((x, y, zz) => insideVentricles(Math.abs(x), y, zz, plan.ventricles[x > 0 ? 1 : 0])),
    nuclei: z > 45 ? fieldOf(plane, () => -50) : warped((x, y, zz) => insideNuclei(Math.abs(x), y, zz)),
  };
}

/** Distance from the nearest sulcus: sheets where noise crosses zero, as deep as another noise says. */
function sulci(plan: BrainPlan, plane: Plane, outline: Float32Array): Float32Array {
  const [dx, dy] = [noiseOn(plane, 31, 1, 1, plan.key + 9), noiseOn(plane, 27, 1, 1, plan.key + 10)];
  const noise = bent(noiseOn(plane, 21, 2, 0.5, plan.key + 1), plane, dx, dy, 13);
  for (let i = 0; i < noise.length; i++) {
    const turns = 1.9 * noise[i]; // a sheet at each whole number
    const deeper = outline[i] - (17 + 14 * dx[i]);
    noise[i] = Math.abs(turns - Math.round(turns)) / (1.9 * 0.055) + Math.max(0, deeper);
  }
  return noise;
}

/** Distance from the fissure between the halves and from that at each side (Sylvius). */
function fissures(x: number, y: number, z: number, { radii: [, ry] }: BrainPlan): number {
  const inner = insideEllipsoid(0, y - 3, z - 10, 1, ry * 0.55, 27); // where the halves are joined
  const middle = Math.abs(x) + Math.max(0, inner + 2);
  const side = Math.abs(x);
  const insula = Math.abs(side - 38 - 0.0035 * y * y) + outOf(y, -20, 20) + outOf(z, -10, 18);
  const way = -10 + 0.45 * (side - 38);
  const opening = Math.abs(y - way) * 0.85 + outOf(side, 38, 80) + outOf(z, -14, 14);
  return Math.min(middle, insula, opening);
}

const outOf = (v: number, lo: number, hi: number): number => Math.max(0, lo - v, v - hi);

/** How far above the floor of the skull, which is high in front and in the middle. */
function aboveBase(x: number, y: number, z: number): number {
  if (z > 0) return 50;
  const side = Math.abs(x);
  const orbit = insideEllipsoid(side - 27, y + 72, z + 44, 30, 36, 32);
  const nose = insideEllipsoid(x, y + 62, z + 42, 22, 40, 32);
  const sella = insideEllipsoid(x, y + 16, z + 40, 17, 34, 27);
  const [u, v] = [0.8 * (side - 44) + 0.6 * (y - 16), 0.8 * (y - 16) - 0.6 * (side - 44)];
  const ear = insideEllipsoid(u, v, z + 40, 30, 9, 17);
  return -Math.max(orbit, nose, sella, ear);
}

/** Cerebellum under the back of the cerebrum, and the stem before it. */
function insideHindbrain(x: number, y: number, z: number): number {
  const cerebellum = insideEllipsoid(x, y - 50, z + 38, 52, 34, 24);
  const stem = insideEllipsoid(x, y - 17 - 0.15 * (z + 25), 0, 14, 13, 1e3) - Math.max(0, z + 12);
  return Math.max(cerebellum, stem);
}

/** One side's lateral ventricle as a tube: x, y, z, radius in mm from front to back, then the temporal horn. */
const horn = [
  [12, -31, 7, 1.8],
  [8.5, -20, 14, 3.4],
  [7, -4, 20, 3.6],
  [9, 14, 21, 3.8],
  [16, 30, 16, 4.8],
  [22, 42, 9, 4.2],
  [22, 56, 7, 1.5],
] as const;
const temporalHorn = [
  [22, 38, 8, 4],
  [30, 20, -10, 2.2],
  [30, 2, -17, 1.3],
] as const;

const hornTube = tubeOf(horn);
const temporalTube = tubeOf(temporalHorn);

function insideVentricles(x: number, y: number, z: number, wide: number): number {
  if (x > 42 || y > 70 || y < -48) return -50;
  const third = Math.min(0.9 + 0.9 * wide - x, 12 - Math.abs(y - 4), 9 - Math.abs(z - 1));
  const fourth = insideEllipsoid(x, y - 33, z + 30, 6, 5, 10);
  return Math.max(
    insideTube(hornTube, x, y, z, wide, 0.75),
    insideTube(temporalTube, x, y, z, Math.sqrt(wide), 0.75),
    third,
    fourth,
  );
}

function insideNuclei(x: number, y: number, z: number): number {
  if (x > 45 || y > 45 || y < -45 || z > 40) return -50;
  const thalamus = insideEllipsoid(x - 10.5, y - 11, z - 7, 8, 13, 9);
  const caudate = insideEllipsoid(x - 14.5, y + 17, z - 11, 4.5, 10, 10);
  const [u, v] = [0.94 * (x - 26) + 0.34 * y, 0.94 * y - 0.34 * (x - 26)];
  const putamen = insideEllipsoid(u, v, z - 3, 5.5, 16, 11);
  return Math.max(thalamus, caudate, putamen);
}

/** Share of white matter that remains grey: the folded band of the cerebellum. */
export const foliaOf = (noise: number): number => smoothstep(0.2, 0.06, Math.abs(noise));
