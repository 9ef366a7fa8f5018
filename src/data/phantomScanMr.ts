// What an MRI scanner makes of a slice: its resolution, the coil's uneven sensitivity, ghosts of motion, Rician noise.
import { blur } from './drawBlur';
import { hash32 } from './drawMath';
import { whiteNoise } from './drawNoise';
import type { Factor } from './phantomLevel';
import { noiseOn, type Plane } from './phantomPlane';
import type { Rng } from './rng';

/** One scan. */
export interface MrScan {
  /** Standard deviation of the resolution in mm. */
  readonly soft: number;
  /** How uneven the coil is: share of the signal. */
  readonly uneven: number;
  /** Standard deviation of each of the two parts of the noise. */
  readonly noise: number;
  /** Strength of the ghost a quarter of the picture away, by motion along y. */
  readonly ghost: number;
  readonly gain: number;
  readonly key: number;
}

/** A scan by chance, as bad as `by` says. */
export const mrScan = (by: Factor, random: Rng): MrScan => ({
  soft: random.uniform(0.6, 0.9),
  uneven: random.uniform(0.18, 0.32) * by(0.4, 1.7),
  noise: random.uniform(10, 18) * by(0.4, 2.2),
  ghost: Math.max(0, by(0, 1.05) - random.uniform(0.98, 1.06)) * 0.9,
  gain: random.uniform(0.7, 1.6), // the unit of MRI means nothing
  key: random.u32(),
});

/** Scans a slice in place: the magnitude of signal and complex noise, never negative. */
export function scanMr(
  value: Float32Array,
  plane: Plane,
  { soft, uneven, noise, ghost, gain, key }: MrScan,
  slice: number,
): void {
  const { nx, ny, sx } = plane;
  blur(value, nx, ny, 1, soft / sx);
  const coil = noiseOn(plane, 150, 1, 1, key);
  for (let i = 0; i < value.length; i++) value[i] *= 1 + uneven * coil[i];
  const still = ghost > 0 ? value.slice() : value;
  const real = whiteNoise(new Float32Array(value.length), noise, hash32(key + slice));
  const imaginary = whiteNoise(new Float32Array(value.length), noise, hash32(key + slice + 1));
  const away = nx * Math.floor(ny / 4);
  for (let i = 0; i < value.length; i++) {
    const moved = ghost > 0 ? ghost * (still[(i + away) % still.length] - still[i]) : 0;
    const signal = value[i] + moved + real[i];
    value[i] = gain * Math.sqrt(signal * signal + imaginary[i] * imaginary[i]);
  }
}
