// Smooth noise in three dimensions, from a 32-bit key alone: textures and wobbling borders of the 3-D phantom.
import type { Triple } from './affine';
import { hash32 } from './drawMath';
import type { Rng } from './rng';

interface Step {
  readonly cell: Int32Array;
  readonly weight: Float32Array;
}

/** Cell and smoothed place within it of each of n samples over `cells` cells. */
function stepsOf(n: number, cells: number): Step {
  const cell = new Int32Array(n);
  const weight = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const u = ((i + 0.5) * cells) / n;
    cell[i] = Math.floor(u);
    const t = u - cell[i];
    weight[i] = t * t * (3 - 2 * t);
  }
  return { cell, weight };
}

/** Adds smooth noise, grid values in −amplitude..amplitude, to a field of `dims`: `cells` cells along each axis. */
export function addValueNoise3d(out: Float32Array, dims: Triple, cells: Triple, amplitude: number, key: number): void {
  const [gx, gy, gz] = cells.map((c) => c + 1);
  const grid = new Float32Array(gx * gy * gz);
  for (let i = 0; i < grid.length; i++) grid[i] = amplitude * (hash32(key + Math.imul(i, 0x9e3779b1)) / 2147483648 - 1);
  const [sx, sy, sz] = [0, 1, 2].map((a) => stepsOf(dims[a], cells[a]));
  const line = new Float32Array(gx); // the grid between its rows, for one row of samples
  for (let z = 0, o = 0; z < dims[2]; z++) {
    for (let y = 0; y < dims[1]; y++) {
      const base = (sz.cell[z] * gy + sy.cell[y]) * gx;
      const [wy, wz] = [sy.weight[y], sz.weight[z]];
      for (let x = 0; x < gx; x++) {
        const a = grid[base + x] + (grid[base + gx + x] - grid[base + x]) * wy;
        const above = base + gy * gx + x;
        const b = grid[above] + (grid[above + gx] - grid[above]) * wy;
        line[x] = a + (b - a) * wz;
      }
      for (let x = 0; x < dims[0]; x++, o++) {
        const c = sx.cell[x];
        out[o] += line[c] + (line[c + 1] - line[c]) * sx.weight[x];
      }
    }
  }
}

/** A new field of fractal noise, about −1..1: octaves of doubling cells, each `gain` times as strong. */
export function fractalNoise3d(dims: Triple, cells: Triple, octaves: number, gain: number, random: Rng): Float32Array {
  const out = new Float32Array(dims[0] * dims[1] * dims[2]);
  let total = 0;
  for (let o = 0, a = 1; o < octaves; o++, a *= gain) total += a;
  for (let o = 0, a = 1 / total; o < octaves; o++, a *= gain) {
    const finer = cells.map((c, axis) => Math.min(c << o, dims[axis])) as unknown as Triple;
    addValueNoise3d(out, dims, finer, a, random.u32());
  }
  return out;
}
