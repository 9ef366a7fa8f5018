// Tubes through a body: chains of points with radii, in mm. Ventricles, stomach, colon, pancreas.
import { clamp, mix } from './drawMath';

/** A piece of a tube from a to a + d, with its radius at both ends. */
interface Piece {
  readonly a: readonly number[];
  readonly d: readonly number[];
  readonly length2: number;
  readonly near: number;
  readonly far: number;
}

/** A chain of pieces and the box around it: a point outside the box is outside the tube. */
export interface Tube {
  readonly pieces: readonly Piece[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** The tube through points (x, y, z, radius). */
export function tubeOf(points: readonly (readonly number[])[]): Tube {
  const pieces = points.slice(1).map((b, k): Piece => {
    const a = points[k];
    const d = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
    return { a, d, length2: d[0] * d[0] + d[1] * d[1] + d[2] * d[2], near: a[3], far: b[3] };
  });
  const edge = (sign: 1 | -1) => [0, 1, 2].map((c) => sign * Math.max(...points.map((p) => sign * p[c] + p[3])));
  return { pieces, low: edge(-1), high: edge(1) };
}

/**
 * Depth in mm inside a tube whose radii are `wide` times as large, −50 far outside. `squash` below 1 makes it taller than wide.
 */
export function insideTube({ pieces, low, high }: Tube, x: number, y: number, z: number, wide = 1, squash = 1): number {
  const far = 25 * wide;
  if (x < low[0] - far || x > high[0] + far || y < low[1] - far || y > high[1] + far) return -50;
  if (z < low[2] - far || z > high[2] + far) return -50;
  let best = -50;
  for (let k = 0; k < pieces.length; k++) {
    const { a, d, length2, near, far: end } = pieces[k];
    const ux = x - a[0];
    const uy = y - a[1];
    const uz = z - a[2];
    const t = clamp((ux * d[0] + uy * d[1] + uz * d[2]) / length2, 0, 1);
    const px = ux - t * d[0];
    const py = uy - t * d[1];
    const pz = (uz - t * d[2]) * squash;
    best = Math.max(best, wide * mix(near, end, t) - Math.sqrt(px * px + py * py + pz * pz));
  }
  return best;
}
