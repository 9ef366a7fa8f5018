// What a CT scanner makes of a slice: its resolution, and noise as it comes out of a reconstruction. Photons are counted
// along rays, fewer where the way through the body is long; filtered and smeared back, that is grain with streaks along
// the thick directions (shoulders, hips, spine), as in real slices.
import { blur } from './drawBlur';
import { clamp, cosTurns, hash32 } from './drawMath';
import { whiteNoise } from './drawNoise';
import type { Factor } from './phantomLevel';
import type { Plane } from './phantomPlane';
import type { Rng } from './rng';

/** One scan. */
export interface CtScan {
  /** Standard deviation of the resolution in mm. */
  readonly soft: number;
  /** Standard deviation of the noise in the body, Hounsfield units. */
  readonly noise: number;
  /** How much of the difference between rays comes through, 0..1: streaks. */
  readonly streaks: number;
  readonly key: number;
}

/** A scan by chance, as noisy as `by` says. */
export const ctScan = (by: Factor, random: Rng): CtScan => ({
  soft: random.uniform(0.7, 1.1),
  noise: random.uniform(9, 16) * by(0.45, 2.3),
  streaks: random.uniform(0.7, 1) * by(0.6, 1),
  key: random.u32(),
});

/** Directions of rays. */
const ANGLES = 72;

/** e^x for 0 <= x <= 16, from multiplications alone. */
function growth(x: number): number {
  const t = x / 64;
  let e = 1 + t * (1 + t * (1 / 2 + t * (1 / 6 + t / 24)));
  for (let k = 0; k < 6; k++) e *= e;
  return e;
}

/** Attenuation along each ray, (ANGLES, nx): ray r of angle a passes r - (nx - 1) / 2 pixels from the middle. */
function raysThrough(value: Float32Array, { nx, ny, sx }: Plane): Float32Array {
  const out = new Float32Array(ANGLES * nx);
  const step = nx >= 64 ? 2 : 1; // the way through a body is smooth: every second pixel will do
  for (let a = 0; a < ANGLES; a++) {
    const [c, s] = [cosTurns(a / (2 * ANGLES)), cosTurns(a / (2 * ANGLES) - 0.25)];
    for (let y = 0; y < ny; y += step) {
      for (let x = 0; x < nx; x += step) {
        const v = value[y * nx + x];
        if (v < -900) continue;
        const r = Math.round(c * (x - (nx - 1) / 2) + s * (y - (ny - 1) / 2) + (nx - 1) / 2);
        if (r >= 0 && r < nx) out[a * nx + r] += (1 + v / 1000) * 0.0193 * sx * step * step;
      }
    }
  }
  for (let a = 0; a < ANGLES; a++) blur(out.subarray(a * nx, (a + 1) * nx), nx, 1, 1, 1.5, 0);
  return out;
}

/** The ramp filter of reconstruction (Ramachandran and Lakshminarayanan 1971), seven taps a side, slightly softened. */
function ramp(rays: Float32Array, n: number): Float32Array {
  const out = new Float32Array(rays.length);
  for (let row = 0; row < rays.length; row += n) {
    for (let r = 0; r < n; r++) {
      let sum = rays[row + r] / 4;
      for (let k = 1; k <= 7; k += 2) {
        const w = 0.1013 / (k * k);
        sum -= w * ((r >= k ? rays[row + r - k] : 0) + (r + k < n ? rays[row + r + k] : 0));
      }
      out[row + r] = sum;
    }
    blur(out.subarray(row, row + n), n, 1, 1, 0.6, 0);
  }
  return out;
}

/** Sums filtered rays at every pixel. */
function smearBack(rays: Float32Array, { nx, ny }: Plane): Float32Array {
  const out = new Float32Array(nx * ny);
  for (let a = 0; a < ANGLES; a++) {
    const [c, s] = [cosTurns(a / (2 * ANGLES)), cosTurns(a / (2 * ANGLES) - 0.25)];
    const row = a * nx;
    for (let y = 0, i = 0; y < ny; y++) {
      let r = -c * ((nx - 1) / 2) + s * (y - (ny - 1) / 2) + (nx - 1) / 2;
      for (let x = 0; x < nx; x++, i++, r += c) {
        if (r < 0 || r >= nx - 1) continue;
        const k = r | 0;
        out[i] += rays[row + k] + (r - k) * (rays[row + k + 1] - rays[row + k]);
      }
    }
  }
  return out;
}

/** Scans a slice in place: Hounsfield units, limited to what scanners write. */
export function scanCt(value: Float32Array, plane: Plane, { soft, noise, streaks, key }: CtScan, slice: number): void {
  const { nx, ny, sx } = plane;
  blur(value, nx, ny, 1, soft / sx);
  const paths = raysThrough(value, plane);
  const counts = whiteNoise(new Float32Array(paths.length), 1, hash32(key + slice));
  for (let i = 0; i < counts.length; i++) counts[i] *= growth(clamp(0.5 * streaks * paths[i], 0, 8));
  const grain = smearBack(ramp(counts, nx), plane);
  let [power, n] = [1e-9, 1e-9];
  for (let i = 0; i < grain.length; i++) {
    if (value[i] < -300) continue;
    power += grain[i] * grain[i];
    n++;
  }
  const scale = noise / Math.sqrt(power / n);
  for (let i = 0; i < grain.length; i++) value[i] = clamp(value[i] + scale * grain[i], -1024, 3071);
}
