/** An affine map of pixel coordinates: (x, y) → (ax·x + bx·y + cx, ay·x + by·y + cy), as [ax, bx, cx, ay, by, cy]. */
export type Affine = readonly [number, number, number, number, number, number];

/** How something moves within its image. */
export interface Motion {
  /** From the source to where its pixels go. */
  readonly forward: Affine;
  /** Whether it mirrors left and right, top and bottom. */
  readonly flipX: boolean;
  readonly flipY: boolean;
}

/** Applies a map to a point. */
export function mapPoint([a, b, c, d, e, f]: Affine, x: number, y: number): [number, number] {
  return [a * x + b * y + c, d * x + e * y + f];
}

/** The map back. */
export function inverse([a, b, c, d, e, f]: Affine): Affine {
  const det = a * e - b * d;
  return [e / det, -b / det, (b * f - c * e) / det, -d / det, a / det, (c * d - a * f) / det];
}
