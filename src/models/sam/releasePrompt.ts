// How the released code hands clicks to EfficientSAM: the first two axes change places, so that the clicks of a batch
// become one query, and coordinates are scaled to a frame of 1024 whatever the image size.

/** Queries as EfficientSAM's decoder takes them. */
export interface ReleasePrompt {
  /** (N, points, 2), −1 where padded. */
  readonly coords: Float32Array;
  /** (N, points), −1 where padded. */
  readonly labels: Int32Array;
}

/**
 * Clicks (B,N,2) with labels (B,N) on an image of (h, w) pixels: one query of B points for each of the N rows. More than
 * `points` are cut, fewer padded; negative coordinates become −1. `Error` when sizes do not fit.
 */
export function releaseTransformPrompt(
  coords: ArrayLike<number>,
  labels: ArrayLike<number>,
  [batch, rows]: readonly [number, number],
  [h, w]: readonly [number, number],
  { frame = 1024, points = 6 } = {},
): ReleasePrompt {
  if (coords.length !== batch * rows * 2 || labels.length !== batch * rows)
    throw new Error(
      `releaseTransformPrompt: ${coords.length} coordinates and ${labels.length} labels, expected [${batch},${rows},2] and [${batch},${rows}]`,
    );
  if (!(h > 0 && w > 0)) throw new Error(`releaseTransformPrompt: image of ${h} x ${w} pixels`);
  const out = {
    coords: new Float32Array(rows * points * 2).fill(-1),
    labels: new Int32Array(rows * points).fill(-1),
  };
  const scaled = (v: number, extent: number) => (v >= 0 ? (v * frame) / extent : -1);
  for (let n = 0; n < rows; n++) {
    for (let b = 0; b < Math.min(batch, points); b++) {
      const from = b * rows + n;
      const to = n * points + b;
      out.coords[2 * to] = scaled(coords[2 * from], w);
      out.coords[2 * to + 1] = scaled(coords[2 * from + 1], h);
      out.labels[to] = labels[from];
    }
  }
  return out;
}
