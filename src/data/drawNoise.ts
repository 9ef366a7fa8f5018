// Noise fields: smooth (value noise on a periodic grid) and per pixel. Values depend on a 32-bit key alone.
import { hash32 } from './drawMath';
import type { Rng } from './rng';

/**
 * Adds smooth noise, uniform grid values in -amplitude..amplitude, to `out` (height*width): a grid of cellsX x cellsY
 * cells over the picture, smoothly interpolated, periodic at the borders (so that it can be shifted without a seam).
 */
export function addValueNoise(
  out: Float32Array,
  width: number,
  height: number,
  cellsX: number,
  cellsY: number,
  amplitude: number,
  key: number,
): void {
  const grid = new Float32Array(cellsX * cellsY);
  for (let i = 0; i < grid.length; i++) grid[i] = amplitude * (hash32(key + Math.imul(i, 0x9e3779b1)) / 2147483648 - 1);
  const column = new Int32Array(width);
  const next = new Int32Array(width);
  const weight = new Float32Array(width);
  for (let x = 0; x < width; x++) {
    const u = ((x + 0.5) * cellsX) / width;
    const c = Math.floor(u);
    column[x] = c % cellsX;
    next[x] = (c + 1) % cellsX;
    weight[x] = (u - c) * (u - c) * (3 - 2 * (u - c));
  }
  for (let y = 0; y < height; y++) {
    const v = ((y + 0.5) * cellsY) / height;
    const r = Math.floor(v);
    const t = (v - r) * (v - r) * (3 - 2 * (v - r));
    const above = (r % cellsY) * cellsX;
    const below = ((r + 1) % cellsY) * cellsX;
    const row = y * width;
    for (let x = 0; x < width; x++) {
      const a = column[x];
      const b = next[x];
      const left = grid[above + a] * (1 - t) + grid[below + a] * t;
      const right = grid[above + b] * (1 - t) + grid[below + b] * t;
      out[row + x] += left + (right - left) * weight[x];
    }
  }
}

/** Overwrites `out` with fractal noise: octaves of doubling cells and falling amplitude (times `gain`), range about -1..1. */
export function fractalNoise(
  out: Float32Array,
  width: number,
  height: number,
  cellsX: number,
  cellsY: number,
  octaves: number,
  gain: number,
  rng: Pick<Rng, 'u32'>,
): Float32Array {
  out.fill(0);
  let amplitude = 1;
  let total = 0;
  for (let o = 0, a = 1; o < octaves; o++, a *= gain) total += a; // no power operator: engines round it differently
  for (let o = 0; o < octaves; o++) {
    addValueNoise(out, width, height, cellsX << o, cellsY << o, amplitude / total, rng.u32());
    amplitude *= gain;
  }
  return out;
}

/** Overwrites `out` with independent, nearly normal numbers of mean 0 and standard deviation sd (sum of four bytes). */
export function whiteNoise(out: Float32Array, sd: number, key: number): Float32Array {
  const scale = sd / 147.8; // standard deviation of the sum of four uniform bytes
  for (let i = 0; i < out.length; i++) {
    const h = hash32(key + Math.imul(i, 0x9e3779b1));
    out[i] = ((h & 255) + ((h >>> 8) & 255) + ((h >>> 16) & 255) + (h >>> 24) - 510) * scale;
  }
  return out;
}
