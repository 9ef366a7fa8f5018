// Where the organs of an upper abdomen lie: depths in mm (positive inside) for points of one plane. Imitates how slices
// look; no atlas. Not responsible for grey values.
import { mix } from './drawMath';
import type { Factor } from './phantomLevel';
import { fieldOf, insideEllipsoid, mapOf, noiseOn, type Plane } from './phantomPlane';
import { insideTube, type Tube, tubeOf } from './phantomTube';
import type { Rng } from './rng';

type Triplet = readonly [number, number, number];

/** An organ as an ellipsoid turned about z by the angle of (cos, sin). */
interface Egg {
  readonly centre: Triplet;
  readonly radii: Triplet;
  readonly cos: number;
  readonly sin: number;
}

/** One body. */
export interface AbdomenPlan {
  /** Half axes of the body across and from front to back, mm. */
  readonly body: readonly [number, number];
  /** Where its middle lies in the field. */
  readonly shift: readonly [number, number];
  readonly fat: number;
  readonly muscle: number;
  readonly liver: Egg;
  readonly leftLobe: Egg;
  readonly gallbladder: Egg;
  readonly spleen: Egg;
  readonly kidneys: readonly [right: Egg, left: Egg];
  readonly stomach: Tube;
  readonly colon: readonly Tube[];
  readonly pancreas: Tube;
  readonly aorta: number;
  /** How far the borders of organs wander in mm. */
  readonly rough: number;
  readonly key: number;
}

/** A body by chance; borders wander more and the body is more often off the middle the harder it is. */
export function abdomenPlan(by: Factor, random: Rng): AbdomenPlan {
  const [wide, deep] = [random.uniform(0.9, 1.1), random.uniform(0.92, 1.1)];
  const egg = (x: number, y: number, z: number, radii: Triplet, tilt = 0, play = 7): Egg => {
    const t = tilt + random.uniform(-0.12, 0.12);
    const sin = t - (t * t * t) / 6;
    const move = (v: number, by: number) => v * by + random.uniform(-play, play);
    return {
      centre: [move(x, wide), move(y, deep), z + random.uniform(-10, 10)],
      radii: radii.map((r) => r * random.uniform(0.9, 1.1)) as unknown as Triplet,
      ...{ sin, cos: Math.sqrt(1 - sin * sin) },
    };
  };
  const full = random.uniform(0.75, 1.2);
  const tube =
    (...points: Triplet[]) =>
    (radii: readonly number[], size: number) =>
      tubeOf(points.map(([x, y, z], k) => [x * wide, y * deep, z + random.uniform(-6, 6), radii[k] * size]));
  return {
    body: [158 * wide, 108 * deep],
    shift: [random.uniform(-14, 14) * by(0.3, 2.2), random.uniform(-8, 4) * by(0.3, 1.6)],
    fat: random.uniform(8, 26),
    muscle: random.uniform(11, 16),
    liver: egg(-72, 0, 26, [66, 74, 78], 0.1),
    leftLobe: egg(0, -48, 46, [62, 32, 34], -0.15),
    gallbladder: egg(-36, -46, -6, [13, 19, 26], 0.3),
    spleen: egg(104, 34, 42, [23, 46, 48], 0.35, 5),
    kidneys: [egg(-60, 46, -20, [26, 30, 56], 0.5, 4), egg(60, 44, -6, [26, 30, 56], -0.5, 4)],
    stomach: tube([62, 22, 72], [66, -18, 48], [46, -50, 12], [8, -54, -6], [-18, -44, -2])([30, 34, 27, 17, 11], full),
    colon: [
      tube([-108, 6, -110], [-106, 0, -40], [-92, -36, -26])([24, 23, 20], random.uniform(0.8, 1.15)),
      tube(
        [-92, -36, -26],
        [-30, -76, -44],
        [40, -76, -34],
        [104, -14, 14],
      )([20, 17, 18, 17], random.uniform(0.8, 1.1)),
      tube([106, -6, 16], [112, 14, -20], [108, 10, -110])([17, 15, 15], random.uniform(0.8, 1.2)),
    ],
    pancreas: tube(
      [-28, -10, -14],
      [-4, -20, 0],
      [34, -8, 12],
      [74, 18, 26],
    )([14, 10, 10, 8], random.uniform(0.85, 1.15)),
    aorta: random.uniform(8.5, 12),
    rough: random.uniform(3.5, 6) * by(0.7, 1.5),
    key: random.u32(),
  };
}

/** Depths in mm at the pixels of a plane; organs do not overlap. */
export interface AbdomenDepths {
  /** Inside the skin. */
  readonly body: Float32Array;
  /** Inside the wall of muscle. */
  readonly cavity: Float32Array;
  /** Inside a lung. */
  readonly lung: Float32Array;
  readonly liver: Float32Array;
  readonly gallbladder: Float32Array;
  readonly spleen: Float32Array;
  readonly kidneys: readonly [right: Float32Array, left: Float32Array];
  /** Inside the hollow of a kidney, where fat and its pelvis lie. */
  readonly hilum: Float32Array;
  readonly stomach: Float32Array;
  readonly colon: Float32Array;
  readonly pancreas: Float32Array;
  readonly aorta: Float32Array;
  readonly cava: Float32Array;
}

function insideEgg(
  { centre: [cx, cy, cz], radii: [rx, ry, rz], cos, sin }: Egg,
  x: number,
  y: number,
  z: number,
): number {
  const [u, v] = [x - cx, y - cy];
  return insideEllipsoid(cos * u + sin * v, cos * v - sin * u, z - cz, rx, ry, rz);
}

/** Where muscle ends: thinner in front. */
function cavityOf({ fat, muscle }: AbdomenPlan, d: number, y: number): number {
  const front = y < -40 ? Math.min(1, (-40 - y) / 40) : 0;
  return d - fat * mix(1, 0.9, front) - muscle * mix(1, 0.6, front);
}

/** Under the domes of the diaphragm, or between the lungs. */
const underLung = (x: number, y: number, z: number): number => {
  if (z < 10) return 50;
  const right = insideEllipsoid(x + 66, y - 6, z - 4, 76, 88, 90);
  const left = insideEllipsoid(x - 66, y - 6, z - 4, 76, 88, 84);
  const back = insideEllipsoid(x, y - 40, 0, 32, 60, 1e4);
  const heart = insideEllipsoid(x - 16, y + 30, 0, 48, 62, 1e4);
  return Math.max(right, left, back, heart);
};

/** All depths on a plane. */
export function abdomenDepths(plan: AbdomenPlan, at: Plane): AbdomenDepths {
  const { z } = at;
  const [sx, sy] = plan.shift;
  const a = noiseOn(at, 42, 2, 0.5, plan.key);
  const b = noiseOn(at, 33, 2, 0.5, plan.key + 1);
  const { rough } = plan;
  const field = (of: (x: number, y: number, i: number) => number) => fieldOf(at, (x, y, i) => of(x - sx, y - sy, i));
  const body = field((x, y, i) => insideEllipsoid(x, y, 0, plan.body[0], plan.body[1], 1e4) + 4 * a[i] - bulge(x, y));
  const cavity = field((_, y, i) => cavityOf(plan, body[i], y) + 1.5 * b[i]);
  const under = field((x, y) => underLung(x, y, z));
  const lung = mapOf(cavity, (d, i) => Math.min(d - 2, -under[i]));
  const kidneys = plan.kidneys.map((k) => field((x, y, i) => insideEgg(k, x, y, z) + 0.4 * rough * a[i])) as [
    Float32Array,
    Float32Array,
  ];
  const room = mapOf(cavity, (d, i) => Math.min(d - 3, under[i] - 3, -4 - Math.max(kidneys[0][i], kidneys[1][i])));
  const within = (of: (x: number, y: number, i: number) => number) =>
    field((x, y, i) => (room[i] < -9 ? -50 : Math.min(room[i], of(x, y, i))));
  const spleen = within((x, y, i) => insideEgg(plan.spleen, x, y, z) + rough * b[i]);
  const gallbladder = within((x, y) => insideEgg(plan.gallbladder, x, y, z));
  const liver = within((x, y, i) => {
    const lobes = Math.max(insideEgg(plan.liver, x, y, z), insideEgg(plan.leftLobe, x, y, z));
    return Math.min(
      lobes + 1.6 * rough * a[i],
      -1 - gallbladder[i],
      insideEllipsoid(x + 160, y, z, 250, 1e4, 1e4),
      spineRoom(x, y),
    );
  });
  const stomach = within((x, y, i) =>
    Math.min(insideTube(plan.stomach, x, y, z) + 0.8 * rough * b[i], -3 - spleen[i], -3 - liver[i], spineRoom(x, y)),
  );
  const taken = mapOf(liver, (v, i) => -2 - Math.max(v, stomach[i], spleen[i], gallbladder[i]));
  const colon = within((x, y, i) =>
    Math.min(Math.max(...plan.colon.map((c) => insideTube(c, x, y, z))) + rough * a[i], taken[i]),
  );
  const cava = field((x, y) => insideEllipsoid(x + 19, y - 30, 0, 12, 9, 1e4));
  const aorta = field((x, y) => insideEllipsoid(x - 9 + 0.03 * z, y - 29 - 0.04 * z, 0, plan.aorta, plan.aorta, 1e4));
  const pancreas = within((x, y, i) =>
    Math.min(insideTube(plan.pancreas, x, y, z) + rough * b[i], taken[i], -1 - colon[i]),
  );
  const hilum = field((x, y) => {
    const [k, side] = x < 0 ? [plan.kidneys[0], 1] : [plan.kidneys[1], -1];
    return insideEllipsoid(x - k.centre[0] - 17 * side, y - k.centre[1] + 9, z - k.centre[2], 17, 8, 27);
  });
  return { body, cavity, lung, liver, gallbladder, spleen, kidneys, hilum, stomach, colon, pancreas, aorta, cava };
}

/** How far from the spine and the great vessels before it. */
const spineRoom = (x: number, y: number): number => -insideEllipsoid(x + 3, y - 48, 0, 40, 32, 1e4);

/** The back is flatter in the middle. */
const bulge = (x: number, y: number): number =>
  y > 60 ? 9 * Math.max(0, 1 - (x * x) / 900) * Math.min(1, (y - 60) / 40) : 0;
