// Geometry of binary masks that prompts need: exact distance transform, connected components, picking a pixel.
// Masks are (height, width), row-major; any value but 0 is foreground. Everything outside the picture counts as outside.

/** Connected components of a mask. */
export interface Components {
  /** (height, width): 0 background, 1..count in raster order of the first pixel. */
  labels: Int32Array;
  count: number;
  /** Pixels of component k at k - 1. */
  sizes: number[];
}

/** `Error` unless the mask has width * height elements. `where` names the caller. */
export function checkMask(where: string, mask: ArrayLike<number>, width: number, height: number): void {
  if (mask.length === width * height && width > 0 && height > 0) return;
  throw new Error(`${where}: the mask has ${mask.length} pixels, expected ${width} x ${height} = ${width * height}`);
}

/**
 * Squared Euclidean distance of every pixel (centre to centre) to the nearest pixel that is not foreground, in pixels^2,
 * exact; 0 for background. Felzenszwalb and Huttenlocher, "Distance Transforms of Sampled Functions" (2012).
 */
export function distanceTransform(mask: ArrayLike<number>, width: number, height: number): Int32Array {
  checkMask('distanceTransform', mask, width, height);
  const column = new Int32Array(width * height); // distance to the nearest background in the same column
  for (let x = 0; x < width; x++) {
    let run = 0;
    for (let p = x; p < mask.length; p += width) column[p] = run = mask[p] ? run + 1 : 0;
    run = 0;
    for (let p = mask.length - width + x; p >= 0; p -= width) {
      run = mask[p] ? run + 1 : 0;
      if (run < column[p]) column[p] = run;
    }
  }
  const row = new Float64Array(width + 2); // squared heights, with one background pixel at either end
  const envelope = { apex: new Int32Array(width + 2), from: new Float64Array(width + 3) };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) row[x + 1] = column[y * width + x] * column[y * width + x];
    lowerEnvelope(row, envelope);
    for (let x = 1, k = 0; x <= width; x++) {
      while (envelope.from[k + 1] < x) k++;
      const apex = envelope.apex[k];
      column[y * width + x - 1] = (x - apex) * (x - apex) + row[apex];
    }
  }
  return column;
}

/** The parabolas (x - apex)^2 + f(apex) that are lowest somewhere, and the x from which each one is. */
function lowerEnvelope(f: Float64Array, { apex, from }: { apex: Int32Array; from: Float64Array }): void {
  let k = 0;
  apex[0] = 0;
  from[0] = -Infinity;
  from[1] = Infinity;
  for (let q = 1; q < f.length; q++) {
    const meet = () => (f[q] + q * q - f[apex[k]] - apex[k] * apex[k]) / (2 * (q - apex[k]));
    let s = meet();
    while (s <= from[k]) {
      k--;
      s = meet();
    }
    k++;
    apex[k] = q;
    from[k] = s;
    from[k + 1] = Infinity;
  }
}

/** The 8-connected components of a mask, numbered in raster order of their first pixel. */
export function components(mask: ArrayLike<number>, width: number, height: number): Components {
  checkMask('components', mask, width, height);
  const labels = new Int32Array(mask.length);
  const stack = new Int32Array(mask.length);
  const sizes: number[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start] || labels[start]) continue;
    const label = sizes.length + 1;
    let size = 0;
    let top = 0;
    stack[top++] = start;
    labels[start] = label;
    while (top > 0) {
      const p = stack[--top];
      size++;
      const x = p % width;
      const y = (p - x) / width;
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const q = v * width + u;
          if (!mask[q] || labels[q]) continue;
          labels[q] = label;
          stack[top++] = q;
        }
      }
    }
    sizes.push(size);
  }
  return { labels, count: sizes.length, sizes };
}

/** Index of the first pixel in raster order with the largest value. */
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

/** The error for a mask without foreground. */
export function emptyMask(where: string, width: number, height: number): Error {
  return new Error(`${where}: the ${width} x ${height} mask is empty, expected at least one foreground pixel`);
}
