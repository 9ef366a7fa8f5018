// The anatomy of the 3-D phantom: an upper abdomen as shapes in millimetres, seeded. Each shape gives the share of every
// voxel that it fills (partial volume through thick slices included). Not responsible for grey values.
import type { Triple } from './affine';
import { clamp, cosTurns, sinTurns } from './drawMath';
import { addValueNoise3d, fractalNoise3d } from './drawNoise3d';
import type { Rng } from './rng';

/** Voxels and their spacing in mm; x grows to the patient's left, y backwards, z upwards; the centre is the origin. */
export interface BodyGrid {
  readonly dims: Triple;
  readonly spacing: Triple;
}

/** An ellipsoid or, with an infinite third half axis, a column; `turn` about z in turns. */
interface Shape {
  readonly centre: Triple;
  readonly radii: Triple;
  readonly turn: number;
  /** How far the border wanders, as a part of the radius. */
  readonly rough: number;
}

/** What fills a share of voxels, in the order in which it is painted. */
export interface BodyPart {
  readonly tissue: string;
  readonly cover: Float32Array;
}

/** Sub-slices that make up a slice. */
const subSlices = 3;

/** Share of each voxel inside the shape, 0..1. */
function coverOf({ dims, spacing }: BodyGrid, shape: Shape, wobble: Float32Array): Float32Array {
  const [nx, ny, nz] = dims;
  const { centre, radii, turn, rough } = shape;
  const [c, s] = [cosTurns(turn), sinTurns(turn)];
  const out = new Float32Array(nx * ny * nz);
  const inPlane = Math.min(radii[0], radii[1]) / spacing[0]; // steepness: voxels from centre to border
  for (let z = 0, o = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const py = (y - (ny - 1) / 2) * spacing[1] - centre[1];
      for (let x = 0; x < nx; x++, o++) {
        const px = (x - (nx - 1) / 2) * spacing[0] - centre[0];
        const u = (c * px + s * py) / radii[0];
        const v = (c * py - s * px) / radii[1];
        const flat = u * u + v * v;
        if (flat > 4) continue;
        const reach = 1 + rough * wobble[o];
        let sum = 0;
        for (let k = 0; k < subSlices; k++) {
          const pz = (z - (nz - 1) / 2 + (k + 0.5) / subSlices - 0.5) * spacing[2] - centre[2];
          const w = pz / radii[2];
          sum += clamp(0.5 + (reach - Math.sqrt(flat + w * w)) * inPlane, 0, 1);
        }
        out[o] = sum / subSlices;
      }
    }
  }
  return out;
}

const tall = 1e6; // a column that does not end within the volume

/** Centre, half axes and wobble of every organ, in mm, before chance; later ones lie over earlier ones. */
const plan: readonly { tissue: string; centre: Triple; radii: Triple; turn: number; rough: number }[] = [
  { tissue: 'fat', centre: [0, 0, 0], radii: [152, 108, tall], turn: 0, rough: 0.03 },
  { tissue: 'muscle', centre: [0, 2, 0], radii: [134, 91, tall], turn: 0, rough: 0.04 },
  { tissue: 'fat', centre: [0, -6, 0], radii: [122, 78, tall], turn: 0, rough: 0.06 },
  { tissue: 'muscle', centre: [-34, 68, 0], radii: [24, 18, tall], turn: 0, rough: 0.1 },
  { tissue: 'muscle', centre: [34, 68, 0], radii: [24, 18, tall], turn: 0, rough: 0.1 },
  { tissue: 'bowel', centre: [30, -30, -45], radii: [32, 22, 30], turn: 0.05, rough: 0.35 },
  { tissue: 'bowel', centre: [-30, -20, -62], radii: [34, 24, 26], turn: -0.04, rough: 0.35 },
  { tissue: 'stomach', centre: [46, -38, 26], radii: [40, 28, 38], turn: -0.08, rough: 0.2 },
  { tissue: 'liver', centre: [-56, -12, 26], radii: [66, 58, 62], turn: 0.04, rough: 0.22 },
  { tissue: 'spleen', centre: [92, 26, 22], radii: [22, 38, 40], turn: 0.05, rough: 0.16 },
  { tissue: 'kidney', centre: [-62, 46, -26], radii: [24, 27, 46], turn: 0.06, rough: 0.1 },
  { tissue: 'kidney', centre: [62, 46, -16], radii: [24, 27, 46], turn: -0.06, rough: 0.1 },
  { tissue: 'aorta', centre: [11, 36, 0], radii: [10.5, 10.5, tall], turn: 0, rough: 0.06 },
  { tissue: 'vein', centre: [-15, 32, 0], radii: [11, 8.5, tall], turn: 0, rough: 0.12 },
  { tissue: 'bone', centre: [0, 60, 0], radii: [22, 17, tall], turn: 0, rough: 0.06 },
  { tissue: 'marrow', centre: [0, 60, 0], radii: [19, 14, tall], turn: 0, rough: 0.06 },
  { tissue: 'canal', centre: [0, 85, 0], radii: [9.5, 8, tall], turn: 0, rough: 0.05 },
];

/** A shape of the plan, moved, stretched and turned by chance. */
function vary(part: (typeof plan)[number], body: Triple, random: Rng): Shape {
  const organ = part.radii[2] < tall;
  const shift = organ ? 6 : 2;
  const stretch = () => random.uniform(organ ? 0.87 : 0.95, organ ? 1.13 : 1.05);
  const move = (a: 0 | 1 | 2, by: number) => part.centre[a] * body[a] + random.uniform(-by, by);
  return {
    centre: [move(0, shift), move(1, shift), move(2, organ ? 12 : 0)],
    radii: [part.radii[0] * body[0] * stretch(), part.radii[1] * body[1] * stretch(), part.radii[2] * stretch()],
    turn: part.turn + random.uniform(-0.03, 0.03),
    rough: part.rough,
  };
}

/** Cells of noise about `mm` long. */
export const cellsOf = ({ dims, spacing }: BodyGrid, mm: number): Triple =>
  dims.map((n, a) => Math.max(1, Math.round((n * spacing[a]) / mm))) as unknown as Triple;

/** A place inside a cover, where its neighbourhood within `mm` is covered, too; the fullest place found by chance. */
function placeInside({ dims, spacing }: BodyGrid, cover: Float32Array, mm: number, random: Rng): Triple {
  const [nx, ny, nz] = dims;
  const at = (x: number, y: number, z: number) =>
    x < 0 || y < 0 || z < 0 || x >= nx || y >= ny || z >= nz ? 0 : cover[(z * ny + y) * nx + x];
  const inside: number[] = [];
  for (let i = 0; i < cover.length; i++) if (cover[i] > 0.99) inside.push(i);
  let best: Triple = [0, 0, 0];
  let most = -1;
  for (let k = 0; k < 60 && inside.length; k++) {
    const i = random.pick(inside);
    const [x, y, z] = [i % nx, Math.floor(i / nx) % ny, Math.floor(i / (nx * ny))];
    const [dx, dy, dz] = spacing.map((s) => Math.round(mm / s));
    const full = [
      at(x - dx, y, z),
      at(x + dx, y, z),
      at(x, y - dy, z),
      at(x, y + dy, z),
      at(x, y, z - dz),
      at(x, y, z + dz),
    ];
    const score = full.reduce((sum, v) => sum + v, 0);
    if (score <= most) continue;
    most = score;
    best = [(x - (nx - 1) / 2) * spacing[0], (y - (ny - 1) / 2) * spacing[1], (z - (nz - 1) / 2) * spacing[2]];
  }
  return best;
}

/** A blob inside `organ`, never beyond it. */
function lesion(
  grid: BodyGrid,
  organ: Float32Array,
  mm: number,
  rough: number,
  wobble: Float32Array,
  random: Rng,
): Float32Array {
  const stretch = () => random.uniform(0.8, 1.2);
  const radii: Triple = [mm * stretch(), mm * stretch(), mm * stretch()];
  const centre = placeInside(grid, organ, 1.2 * mm, random);
  const cover = coverOf(grid, { centre, radii, turn: random.uniform(), rough }, wobble);
  for (let i = 0; i < cover.length; i++) cover[i] *= organ[i];
  return cover;
}

/** Vessels of the liver: where two fields of noise are both near zero, which makes branching tubes. */
function vessels(grid: BodyGrid, organ: Float32Array, random: Rng): Float32Array {
  const a = fractalNoise3d(grid.dims, cellsOf(grid, 70), 2, 0.5, random);
  const b = fractalNoise3d(grid.dims, cellsOf(grid, 70), 2, 0.5, random);
  return organ.map((v, i) => v * clamp(1.6 - 22 * Math.sqrt(a[i] * a[i] + b[i] * b[i]), 0, 1));
}

/** How an abdomen is made hard. */
export interface BodyOptions {
  /** Mean radius of the tumour in mm. */
  readonly tumour: number;
  /** Cysts in the liver, which are no tumours. */
  readonly cysts: number;
}

/** All parts of one abdomen in painting order; the tumour lies in the liver or in a kidney. */
export function bodyParts(grid: BodyGrid, { tumour, cysts }: BodyOptions, random: Rng): BodyPart[] {
  const body: Triple = [random.uniform(0.9, 1.05), random.uniform(0.9, 1.05), 1];
  const parts: BodyPart[] = [];
  // A few fields of wobble for all: neighbours in the plan get different ones.
  const wobbles = [55, 55, 40, 30].map((mm) => fractalNoise3d(grid.dims, cellsOf(grid, mm), 2, 0.5, random));
  for (const [i, part] of plan.entries()) {
    const wobble = wobbles[part.tissue === 'bowel' ? 3 : i % 3];
    parts.push({ tissue: part.tissue, cover: coverOf(grid, vary(part, body, random), wobble) });
  }
  const visible = visibleCover(parts);
  const liver = visible('liver');
  parts.push({ tissue: 'vessel', cover: vessels(grid, liver, random) });
  const ripple = new Float32Array(liver.length);
  addValueNoise3d(ripple, grid.dims, cellsOf(grid, 14), 1, random.u32());
  for (let k = 0; k < cysts; k++) {
    parts.push({ tissue: 'cyst', cover: lesion(grid, liver, random.uniform(4, 7), 0, ripple, random) });
  }
  const inKidney = random.chance(0.25);
  const host = inKidney ? visible('kidney') : liver;
  const size = inKidney ? Math.min(tumour, 15) : tumour;
  parts.push({ tissue: 'tumour', cover: lesion(grid, host, size, 0.25, ripple, random) });
  return parts;
}

/** What of a tissue is seen once everything is painted: its cover, less what lies over it. */
const visibleCover =
  (parts: readonly BodyPart[]) =>
  (tissue: string): Float32Array => {
    const out = new Float32Array(parts[0].cover.length);
    for (const part of parts) {
      for (let i = 0; i < out.length; i++) {
        const c = part.cover[i];
        if (c > 0) out[i] = part.tissue === tissue ? out[i] + (1 - out[i]) * c : out[i] * (1 - c);
      }
    }
    return out;
  };
