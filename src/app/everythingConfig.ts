/**
 * Options of "everything", SAM's automatic mask generator, by its names. Defaults are SAM's, but for fewer points, and
 * thresholds that the small base which comes with the page can reach: its own estimates are around 0.4, not 0.9.
 */
import * as v from 'valibot';

const part = (value: number) => v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), value);
const whole = (value: number, min: number, max: number) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)), value);

/** The options. */
export const everythingSchema = v.strictObject({
  /** The model is asked at n × n points. */
  pointsPerSide: whole(16, 1, 128),
  pointsPerBatch: whole(64, 1, 256),
  predIouThresh: part(0.3),
  stabilityScoreThresh: part(0.3),
  stabilityScoreOffset: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(10)), 1),
  boxNmsThresh: part(0.7),
  /** Pixels. */
  minMaskRegionArea: whole(0, 0, 100_000),
  /** Pixels of the whole mask. */
  minArea: whole(0, 0, 1_000_000),
  /** Percent of the slice. */
  maxArea: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(100)), 90),
});

/** Checked options, complete. */
export type EverythingConfig = v.InferOutput<typeof everythingSchema>;

/** Complete options. Throws, naming the field, when a value makes no sense. */
export function parseEverything(options: unknown = {}): EverythingConfig {
  const found = v.safeParse(everythingSchema, options);
  if (found.success) return found.output;
  throw new Error(found.issues.map((i) => `everything: ${v.getDotPath(i) ?? 'options'}: ${i.message}`).join('; '));
}

/** What "everything" found. */
export interface EverythingFound {
  readonly added: number;
  /** Found, but there was no id left for them. */
  readonly left: number;
  readonly ms: number;
}

/** The automatic mask generator. */
export interface EverythingState {
  readonly options: EverythingConfig;
  readonly busy: boolean;
  readonly found: EverythingFound | null;
}
