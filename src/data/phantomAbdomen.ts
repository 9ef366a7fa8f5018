// An upper abdomen as CT shows it, in Hounsfield units: plain or with contrast, on the scanner's table. Drawn plane by plane, so
// that one slice costs a slice.
import { mix, smoothstep } from './drawMath';
import { bonesOn } from './phantomAbdomenBones';
import { type AbdomenCase, abdomenCase } from './phantomAbdomenCase';
import { type AbdomenDepths, abdomenDepths } from './phantomAbdomenShape';
import { paintWall, tableAt } from './phantomAbdomenWall';
import type { Factor } from './phantomLevel';
import {
  bent,
  fieldOf,
  insideEllipsoid,
  mapOf,
  noiseOn,
  type Plane,
  paintInside,
  paintOver,
  shareOf,
} from './phantomPlane';
import { ctScan, scanCt } from './phantomScanCt';
import type { DrawnPlane, VolumeCase } from './phantomVolume';
import type { Rng } from './rng';

/** Label values of an abdomen phantom. */
export const abdomenClasses = [
  { value: 1, name: 'liver' },
  { value: 2, name: 'spleen' },
  { value: 3, name: 'right kidney' },
  { value: 4, name: 'left kidney' },
  { value: 5, name: 'aorta' },
  { value: 6, name: 'stomach' },
  { value: 7, name: 'spine' },
] as const;

/** A body by chance, ready to be drawn and scanned. */
export function abdomenVolume(by: Factor, random: Rng): VolumeCase {
  const one = abdomenCase(by, random);
  const scan = ctScan(by, random);
  return {
    draw: (plane) => drawAbdomen(one, plane),
    scan: (value, plane, slice) => scanCt(value, plane, scan, slice),
    heights: [-22, 44],
  };
}

/** Draws one plane. */
function drawAbdomen(one: AbdomenCase, plane: Plane): DrawnPlane {
  const depths = abdomenDepths(one.plan, plane);
  const value = fieldOf(plane, (x, y) => tableAt(x, y, one.plan, plane.sx));
  const px = plane.sx;
  const share = (d: Float32Array) => mapOf(d, (v) => shareOf(v, px));
  paintWall(value, one, plane, depths);
  paintGut(value, one, plane, depths);
  paintOrgans(value, one, plane, depths);
  const spine = paintBones(value, one, plane, depths);
  const [right, left] = depths.kidneys.map(share);
  const free = (own: Float32Array) => mapOf(own, (v, i) => v * (1 - spine[i]));
  return {
    value,
    shares: [
      ...[share(depths.liver), share(depths.spleen), right, left].map(free),
      ...[free(share(depths.aorta)), free(share(depths.stomach)), spine],
    ],
  };
}

/** Small bowel, below the stomach: coiled, with fat between the coils. */
function paintBowel(value: Float32Array, one: AbdomenCase, plane: Plane, depths: AbdomenDepths): void {
  const { plan, tone } = one;
  const px = plane.sx;
  const [sx, sy] = plan.shift;
  const [dx, dy] = [noiseOn(plane, 37, 1, 1, plan.key + 13), noiseOn(plane, 41, 1, 1, plan.key + 14)];
  const loops = bent(noiseOn(plane, 44, 2, 0.35, plan.key + 5), plane, dx, dy, 22);
  const stool = noiseOn(plane, 8, 2, 0.8, plan.key + 6);
  const { liver, stomach, spleen, colon, pancreas, gallbladder, kidneys, cavity } = depths;
  const bowel = fieldOf(plane, (x, y, i) => {
    const round = insideEllipsoid(x - sx - 8, y - sy + 24, plane.z + 72, 96, 58, 78);
    const where = Math.min(round + 18 * dx[i], cavity[i] - 5);
    if (where < -10) return -10;
    const organs = Math.max(liver[i], stomach[i], spleen[i], colon[i], pancreas[i], gallbladder[i]);
    const turns = 2.6 * loops[i];
    const coil = 26 * Math.abs(turns - Math.round(turns)) - 3.2 - 5 * Math.abs(dy[i]);
    return Math.min(where, -3 - Math.max(organs, kidneys[0][i], kidneys[1][i]), coil);
  });
  paintInside(value, bowel, px, (i) => mix(tone.wall, 22 + 20 * stool[i], smoothstep(2, 4, bowel[i])));
}

/** Colon with its contents and gas, pancreas. */
function paintGut(value: Float32Array, one: AbdomenCase, plane: Plane, depths: AbdomenDepths): void {
  const { plan, tone } = one;
  const px = plane.sx;
  const [, sy] = plan.shift;
  if (plane.z < 16) paintBowel(value, one, plane, depths);
  const stool = noiseOn(plane, 8, 2, 0.8, plan.key + 6);
  const rows = fieldOf(plane, (_, y) => y - sy);
  const gasAt = (i: number) => smoothstep(-0.1, 0.15, stool[i] - 0.2 + (-45 - rows[i]) / 60);
  paintInside(value, depths.pancreas, px, (i) => tone.pancreas - 70 * smoothstep(0.3, 0.7, stool[i]));
  paintInside(value, depths.colon, px, (i) => {
    const inside = mix(35 + 90 * stool[i], -780, Math.max(gasAt(i), smoothstep(0.35, 0.5, stool[i])));
    return mix(tone.wall, inside, smoothstep(2, 4, depths.colon[i]));
  });
}

/** Liver, gallbladder, spleen, kidneys, stomach, vessels. */
function paintOrgans(value: Float32Array, one: AbdomenCase, plane: Plane, depths: AbdomenDepths): void {
  const { plan, tone } = one;
  const px = plane.sx;
  const [, sy] = plan.shift;
  const fine = noiseOn(plane, 7, 2, 0.8, plan.key + 7);
  const [a, b] = [noiseOn(plane, 52, 2, 0.5, plan.key + 8), noiseOn(plane, 57, 2, 0.5, plan.key + 9)];
  const spotty = noiseOn(plane, 24, 1, 1, plan.key + 10);
  const over = (d: Float32Array, hu: (i: number) => number) => paintInside(value, d, px, hu);
  over(depths.liver, (i) => {
    const vessel = smoothstep(0.1, 0.06, Math.sqrt(a[i] * a[i] + b[i] * b[i])) * smoothstep(2, 8, depths.liver[i]);
    const spot = one.spots > 0 ? smoothstep(0.88 - 0.28 * one.spots, 0.95 - 0.28 * one.spots, spotty[i]) : 0;
    return mix(mix(tone.liver + 5 * fine[i], tone.vein, vessel), 18, spot);
  });
  over(depths.gallbladder, () => 9);
  over(depths.spleen, (i) => tone.spleen + 5 * fine[i]);
  for (const kidney of depths.kidneys) {
    over(kidney, (i) =>
      mix(tone.cortex, tone.medulla, smoothstep(5, 8, kidney[i]) * smoothstep(-0.15, 0.2, spotty[i] + fine[i])),
    );
    over(
      mapOf(kidney, (d, i) => Math.min(d + 2, depths.hilum[i])),
      (i) => mix(-85, 12, smoothstep(3, 5, depths.hilum[i])),
    );
  }
  const rows = fieldOf(plane, (_, y) => shareOf(y - sy - one.level, px));
  over(depths.stomach, (i) => {
    const inside = mix(-985, one.drink + 25 * fine[i], rows[i]);
    return mix(tone.wall, inside, smoothstep(3, 5, depths.stomach[i] + 1.5 * fine[i]));
  });
  over(depths.cava, () => mix(tone.vein, tone.muscle, 0.25));
  const limy = smoothstep(0.9, 0.55, one.lime);
  over(depths.aorta, (i) => (Math.abs(depths.aorta[i] - 1) < 1.4 && fine[i] > mix(0.25, 0.8, limy) ? 520 : tone.aorta));
}

/** Spine and ribs; the share of spine. */
function paintBones(value: Float32Array, one: AbdomenCase, plane: Plane, depths: AbdomenDepths): Float32Array {
  const { plan, tone } = one;
  const bones = bonesOn(plane, depths.cavity, plan.shift, plan.key + 11);
  const grain = noiseOn(plane, 5, 2, 0.8, plan.key + 12);
  paintOver(value, bones.disc, () => tone.muscle + 30);
  paintOver(value, bones.canal, () => 25);
  const bone = (i: number) => mix(620, 190 + 90 * grain[i], bones.marrow[i]);
  paintOver(value, bones.ribs, bone);
  paintOver(value, bones.spine, bone);
  return bones.spine;
}
