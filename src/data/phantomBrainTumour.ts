// A glioma: necrosis within an enhancing rim within oedema that follows the white matter, and how it pushes the brain aside.
import { bell, clamp, mix } from './drawMath';
import type { BrainPlan, Warp } from './phantomBrainShape';
import type { Factor } from './phantomLevel';
import { fieldOf, insideEllipsoid, mapOf, noiseOn, type Plane } from './phantomPlane';
import type { Rng } from './rng';

/** Place and size of a tumour, in mm. */
export interface TumourPlan {
  readonly centre: readonly [number, number, number];
  readonly radii: readonly [number, number, number];
  /** Thickness of the rim. */
  readonly rim: number;
  /** How far oedema reaches beyond the rim. */
  readonly oedema: number;
  /** How far the border wanders, as a part of the radius. */
  readonly rough: number;
  /** How far tissue at the border is pushed. */
  readonly push: number;
  readonly key: number;
}

/** A tumour by chance, within the brain; smaller and more irregular the harder it is. */
export function tumourPlan({ radii: [rx, ry, rz] }: BrainPlan, by: Factor, random: Rng): TumourPlan {
  const radius = random.uniform(11, 20) * by(1.2, 0.8);
  const stretch = () => radius * random.uniform(0.85, 1.2);
  const side = random.chance(0.5) ? 1 : -1;
  const [y, z] = [random.uniform(-0.6, 0.62) * ry, random.uniform(-0.05, 0.55) * rz];
  const wide = rx * Math.sqrt(Math.max(0.1, 1 - (y / ry) * (y / ry) - (z / rz) * (z / rz)));
  const deep = Math.max(0.3 * wide, 0.85 * wide - radius * random.uniform(0.45, 1.1));
  return {
    centre: [side * deep, y, z + 4],
    radii: [stretch(), stretch(), stretch()],
    rim: Math.min(0.3 * radius, random.uniform(2.6, 5.5)),
    oedema: random.uniform(7, 22) * by(0.8, 1.1),
    rough: random.uniform(0.25, 0.55) * by(0.6, 1.5),
    push: radius * random.uniform(0.2, 0.5),
    key: random.u32(),
  };
}

/** Undoes the push: tissue beside the tumour comes from nearer to its middle, less and less with distance. */
export function warpOf({ centre: [cx, cy, cz], radii: [radius], push }: TumourPlan): Warp {
  const reach = 2.6 * radius;
  return (x, y, z, out) => {
    const [dx, dy, dz] = [x - cx, y - cy, z - cz];
    const away = Math.sqrt(dx * dx + dy * dy + dz * dz);
    const t = away / reach;
    const back = away < 1e-6 ? 0 : (push * bell(t * t) * Math.min(1, away / radius)) / away;
    out[0] = x - back * dx;
    out[1] = y - back * dy;
    out[2] = z - back * dz;
  };
}

/** Depths in mm at the pixels of a plane: inside the tumour with its rim, inside its dead core, and 0..1 of oedema. */
export interface TumourDepths {
  readonly core: Float32Array;
  readonly necrosis: Float32Array;
  /** Where oedema would be if all were white matter, 0..1. */
  readonly oedema: Float32Array;
}

/** All of a tumour on a plane. */
export function tumourDepths(plan: TumourPlan, plane: Plane): TumourDepths {
  const { centre, radii, rim, rough, key } = plan;
  const radius = Math.min(...radii);
  const reach = Math.max(...radii) * 1.6 + 1.6 * plan.oedema;
  const dz = plane.z - centre[2];
  if (Math.abs(dz) > reach) {
    const none = fieldOf(plane, () => -50);
    return { core: none, necrosis: none, oedema: mapOf(none, () => 0) };
  }
  const lumps = noiseOn(plane, 1.1 * radius, 3, 0.55, key);
  const inner = noiseOn(plane, 0.7 * radius, 2, 0.6, key + 1);
  const fingers = noiseOn(plane, 22, 3, 0.6, key + 2);
  const core = fieldOf(
    plane,
    (x, y, i) =>
      insideEllipsoid(x - centre[0], y - centre[1], dz, ...radii) + 2 * rough * radius * Math.max(-0.3, lumps[i]),
  );
  return {
    core,
    necrosis: mapOf(core, (d, i) => d - rim * (1 + 1.6 * clamp(inner[i], -0.45, 0.3))),
    oedema: mapOf(core, (d, i) => clamp(0.5 + (d + plan.oedema * mix(1, 1 + 1.3 * fingers[i], 0.9)) / 5, 0, 1)),
  };
}
