// The score of the released code, under its own name because it is none of the usual ones: truth and prediction are
// both cut at several thresholds (of logits, not of probabilities), each cut is scored with smoothing, all are averaged.

/** The thresholds at which the released code evaluates. */
export const RELEASE_THRESHOLDS = [0.1, 0.3, 0.5, 0.7, 0.9] as const;

/** Mean over samples and thresholds, one value per channel. */
export interface ReleaseScore {
  readonly iou: number[];
  readonly dice: number[];
}

/** Voxels of both masks together, of the first and of the second. */
interface Counts {
  readonly both: number;
  readonly a: number;
  readonly b: number;
}

const iouOf = ({ both, a, b }: Counts) => (both + 1e-6) / (a + b - both + 1e-6);
const diceOf = ({ both, a, b }: Counts) => (2 * both + 1e-4) / (a + b + 1e-4);
const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

/** IoU of flat binary samples (B, n), mean over B: (inter + 1e-6) / (union + 1e-6). */
export function releaseIoU(a: ArrayLike<number>, b: ArrayLike<number>, batch: number): number {
  return mean(samples(a, b, batch).map(iouOf));
}

/** Dice of flat binary samples (B, n), mean over B: (2·inter + 1e-4) / (|a| + |b| + 1e-4). */
export function releaseDice(a: ArrayLike<number>, b: ArrayLike<number>, batch: number): number {
  return mean(samples(a, b, batch).map(diceOf));
}

function samples(a: ArrayLike<number>, b: ArrayLike<number>, batch: number): Counts[] {
  const size = a.length / batch;
  return Array.from({ length: batch }, (_, k) => countAbove(a, b, k * size, size, 0));
}

/** Counts of what lies above a threshold within `size` values from `start`. */
function countAbove(
  p: ArrayLike<number>,
  t: ArrayLike<number>,
  start: number,
  size: number,
  threshold: number,
): Counts {
  let [both, a, b] = [0, 0, 0];
  for (let i = start; i < start + size; i++) {
    if (p[i] > threshold) a++;
    if (t[i] > threshold) b++;
    if (p[i] > threshold && t[i] > threshold) both++;
  }
  return { both, a, b };
}

/**
 * The released 5-threshold score of logits and targets (B,C,H,W), channel by channel. Thresholds count as float32. With
 * more than two channels the released code fails for more than one threshold; `Error` here, too.
 */
export function releaseScore(
  logits: ArrayLike<number>,
  truth: ArrayLike<number>,
  shape: readonly number[],
  thresholds: readonly number[] = RELEASE_THRESHOLDS,
): ReleaseScore {
  const [batch, channels, ...plane] = shape;
  const size = plane.reduce((n, v) => n * v, 1);
  const total = batch * channels * size;
  if (!(total > 0) || logits.length !== total || truth.length !== total)
    throw new Error(
      `releaseScore: ${logits.length} logits and ${truth.length} targets, expected (B,C,H,W) = [${shape}]`,
    );
  if (thresholds.length === 0 || (channels > 2 && thresholds.length > 1))
    throw new Error(
      `releaseScore: ${thresholds.length} thresholds for ${channels} channels; give one (for one or two channels any number)`,
    );
  const counts = Array.from({ length: channels }, (_, c) =>
    thresholds.flatMap((t) =>
      Array.from({ length: batch }, (_, b) =>
        countAbove(logits, truth, (b * channels + c) * size, size, Math.fround(t)),
      ),
    ),
  );
  return { iou: counts.map((k) => mean(k.map(iouOf))), dice: counts.map((k) => mean(k.map(diceOf))) };
}
