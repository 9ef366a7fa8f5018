// Spine and ribs of the abdomen phantom: share of bone at the pixels of a plane, its shell and its marrow.
import { clamp, smoothstep } from './drawMath';
import { fieldOf, insideEllipsoid, mapOf, noiseOn, type Plane, shareOf } from './phantomPlane';

/** Where bones lie. */
export interface Bones {
  /** Share of each pixel: vertebrae (what is labelled as spine), their discs, the canal, ribs. */
  readonly spine: Float32Array;
  readonly disc: Float32Array;
  readonly canal: Float32Array;
  readonly ribs: Float32Array;
  /** 0 at the shell, 1 in the marrow. */
  readonly marrow: Float32Array;
}

/** From one vertebra to the next in mm, and the part of it that is disc. */
const PITCH = 35;
const DISC = 8;

/** Bones on a plane of a body moved by `shift`; `wall` is the depth inside the wall of muscle. */
export function bonesOn(plane: Plane, wall: Float32Array, [sx, sy]: readonly [number, number], key: number): Bones {
  const { z } = plane;
  const px = plane.sx;
  const up = z / PITCH + 0.35 - Math.floor(z / PITCH + 0.35); // 0..1 within a vertebra
  const end = Math.min(up, 1 - up) * PITCH - DISC / 2; // mm from the nearest end plate
  const arch = smoothstep(0.2, 0.35, up) * smoothstep(0.95, 0.8, up);
  const rough = noiseOn(plane, 9, 2, 0.6, key);
  const depth = fieldOf(plane, (gx, gy, i) => {
    const [x, y] = [gx - sx, gy - sy];
    if (y < 30 || y > 112 || Math.abs(x) > 40) return -20;
    const waist = 1.5 * smoothstep(4, 12, end);
    const body = Math.min(insideEllipsoid(x, y - 53, 0, 23 - waist, 17 - waist, 1e4), 72 - y, end + 0.5);
    const ring = Math.min(insideEllipsoid(x, y - 76, 0, 17, 14, 1e4), -insideEllipsoid(x, y - 76, 0, 10, 8.5, 1e4));
    const spine = Math.min(4 - Math.abs(x), y - 84, 104 - 6 * (1 - arch) - y);
    const side = Math.min(4.5 - Math.abs(y - 74 - 0.2 * Math.abs(x)), 35 - Math.abs(x), Math.abs(x) - 12);
    const behind = Math.max(ring, spine, up > 0.35 && up < 0.62 ? side : -9) + 1.2 * rough[i];
    return Math.max(body, arch > 0.5 ? behind : Math.min(spine + 1.2 * rough[i], behind));
  });
  const ribDepth = fieldOf(plane, (gx, gy, i) => insideRib(gx - sx, gy - sy, z, wall[i]));
  const disc = fieldOf(plane, (gx, gy) => shareOf(insideEllipsoid(gx - sx, gy - sy - 53, 0, 22, 16, 1e4), px));
  return {
    spine: mapOf(depth, (d) => shareOf(d, px)),
    disc,
    canal: fieldOf(plane, (gx, gy) => shareOf(insideEllipsoid(gx - sx, gy - sy - 76, 0, 9.5, 8, 1e4), px)),
    ribs: mapOf(ribDepth, (d) => shareOf(d, px)),
    marrow: mapOf(depth, (d, i) => clamp((Math.max(d, ribDepth[i]) - 1.6) / 2.2, 0, 1)),
  };
}

/** Depth inside the ribs, which lie in the wall and run down from back to front. */
function insideRib(x: number, y: number, z: number, wall: number): number {
  if (wall < -14 || wall > 3) return -20;
  const way = (1 - (y + 4) / Math.sqrt(x * x + (y + 4) * (y + 4) * 1.9 + 1)) / 2; // 0 at the back, 1 in front
  const height = z + 105 * way - 20;
  const k = Math.round(height / 27);
  if (k < 0 || way > 0.42 + 0.07 * k || Math.abs(x) < 30) return -20;
  const [u, v] = [(wall + 5.5) / 4.2, (height - 27 * k) / 7.5];
  return (1 - Math.sqrt(u * u + v * v)) * 4.2;
}
