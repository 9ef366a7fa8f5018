import * as v from 'valibot';

const share = () => v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0);

/**
 * Random changes of image, target and prompts alike, drawn anew for each object (each volume) and step. All off by default.
 * Geometry keeps the object inside the frame.
 */
export const augmentSchema = v.strictObject({
  /** Probability of mirroring left and right. */
  flipX: share(),
  /** Probability of mirroring top and bottom. */
  flipY: share(),
  /** Largest turn in degrees, either way. */
  rotate: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(180)), 0),
  /** Largest change of size: factors from 1/(1 + scale) to 1 + scale. */
  scale: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(4)), 0),
  /** Largest shift, as a share of the frame's side. */
  shift: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(0.5)), 0),
  /** Largest relative change of contrast around mid-grey. */
  contrast: v.optional(v.pipe(v.number(), v.minValue(0), v.ltValue(1)), 0),
  /** Largest change of brightness in levels of 255. */
  brightness: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(255)), 0),
  /** Largest standard deviation of Gaussian noise in levels of 255. */
  noise: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(255)), 0),
});

/** Random changes with every default filled in. */
export type AugmentConfig = Readonly<v.InferOutput<typeof augmentSchema>>;

/** True when nothing is changed. */
export function augmentOff(a: AugmentConfig): boolean {
  return Object.values(a).every((n) => n === 0);
}
