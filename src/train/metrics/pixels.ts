// Picking pixels of a mask or a map. Not responsible for geometry.

/** Where random whole numbers come from; `Rng` of the data room is one. */
export interface Random {
  /** A whole number in lo..hi, both included. */
  int(lo: number, hi: number): number;
}

/** Index of the first pixel in raster order with the largest value (0 for an empty list). */
export function firstMaximum(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** Indices of all foreground pixels in raster order. */
export function pixelsOf(mask: ArrayLike<number>): Int32Array {
  let n = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i]) n++;
  const out = new Int32Array(n);
  n = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i]) out[n++] = i;
  return out;
}

/** `count` different elements in random order, or all of them when there are fewer. */
export function drawPixels(pixels: Int32Array, count: number, random: Random): number[] {
  const pool = pixels.slice();
  const n = Math.min(count, pool.length);
  const out: number[] = [];
  for (let k = 0; k < n; k++) {
    const j = random.int(k, pool.length - 1);
    out.push(pool[j]);
    pool[j] = pool[k];
  }
  return out;
}
