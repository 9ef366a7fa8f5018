// The table, the body's wall and what fills the space between organs: skin, fat, muscle, free fluid, lungs.
import { mix, smoothstep } from './drawMath';
import type { AbdomenCase } from './phantomAbdomenCase';
import type { AbdomenDepths, AbdomenPlan } from './phantomAbdomenShape';
import { fieldOf, insideEllipsoid, mapOf, noiseOn, type Plane, paintInside, shareOf } from './phantomPlane';

/** Air, and the curved table under the back. */
export function tableAt(x: number, y: number, { body, shift }: AbdomenPlan, px: number): number {
  const depth = y - (shift[1] + body[1] + 7 - (x * x) / 1500);
  const shell = Math.max(shareOf(1.2 - Math.abs(depth), px), shareOf(1.2 - Math.abs(depth - 22), px));
  const core = depth > 0 && depth < 22 ? 1 : 0;
  return Math.abs(x) > 215 ? -1000 : mix(mix(-1000, -900, core), -250, shell);
}

/** Skin, fat, muscle, the fat between the organs, lungs. */
export function paintWall(value: Float32Array, one: AbdomenCase, plane: Plane, depths: AbdomenDepths): void {
  const { plan, tone } = one;
  const { body, cavity, lung } = depths;
  const px = plane.sx;
  const fine = noiseOn(plane, 9, 2, 0.7, plan.key + 2);
  const strands = noiseOn(plane, 16, 3, 0.7, plan.key + 3);
  const over = (depth: Float32Array, hu: (i: number) => number) => paintInside(value, depth, px, hu);
  over(body, () => 30);
  over(
    mapOf(body, (d) => d - 2),
    (i) => -102 + 10 * fine[i],
  );
  const wall = mapOf(cavity, (d, i) => Math.min(d + plan.muscle, body[i] - 0.75 * plan.fat));
  over(wall, (i) => tone.muscle + 14 * fine[i] - 60 * smoothstep(0.5, 0.8, strands[i]));
  const wet = one.ascites;
  const fluid = (i: number) => (wet > 0 ? smoothstep(2 + 14 * wet, -2 + 10 * wet, cavity[i] - 2) : 0);
  over(cavity, (i) => mix(-104 + 40 * smoothstep(0.25, 0.6, Math.abs(strands[i])), 8, fluid(i)));
  over(backMuscles(one, plane, body), (i) => tone.muscle + 12 * fine[i] - 70 * smoothstep(0.45, 0.75, strands[i]));
  if (plane.z < 5) return;
  const twigs = noiseOn(plane, 19, 2, 0.6, plan.key + 4);
  over(lung, (i) => -835 + 620 * smoothstep(0.07, 0.02, Math.abs(twigs[i]) + 0.5 * Math.abs(strands[i])));
}

/** Depth inside psoas, quadratus and erector of the spine. */
function backMuscles({ plan }: AbdomenCase, plane: Plane, body: Float32Array): Float32Array {
  const [sx, sy] = plan.shift;
  const low = smoothstep(40, -60, plane.z);
  return fieldOf(plane, (gx, gy, i) => {
    const [x, y] = [Math.abs(gx - sx), gy - sy];
    if (x > 80 || y < 30) return -20;
    const psoas = insideEllipsoid(x - 33 - 4 * low, y - 52, 0, 9 + 10 * low, 17, 1e4);
    const quadratus = insideEllipsoid(x - 58, y - 72 + 0.25 * (x - 58), 0, 20, 9, 1e4);
    const erector = insideEllipsoid(x - 32, y - 88, 0, 29, 17, 1e4);
    return Math.min(Math.max(psoas, plane.z < 20 ? quadratus : -20, erector), body[i] - 6);
  });
}
