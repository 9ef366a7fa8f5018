// The score of the released code, under its own name because it is none of the usual ones: truth and prediction are
// both cut at several thresholds (of logits, not of probabilities), each cut is scored with smoothing, all are averaged.

/** The thresholds at which the released code evaluates. */
export const RELEASE_THRESHOLDS = [0.1, 0.3, 0.5, 0.7, 0.9] as const;

/** Mean over samples and thresholds, one value per channel. */
export interface ReleaseScore {
  readonly iou: number[];
  readonly dice: number[];
}

/** IoU of flat binary samples (B, n), mean over B: (inter + 1e-6) / (union + 1e-6). */
export function releaseIoU(a: ArrayLike<number>, b: ArrayLike<number>, batch: number): number {
  return meanOver(a, b, batch, (both, inA, inB) => (both + 1e-6) / (inA + inB - both + 1e-6));
}

/** Dice of flat binary samples (B, n), mean over B: (2·inter + 1e-4) / (|a| + |b| + 1e-4). */
export function releaseDice(a: ArrayLike<number>, b: ArrayLike<number>, batch: number): number {
  return meanOver(a, b, batch, (both, inA, inB) => (2 * both + 1e-4) / (inA + inB + 1e-4));
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
  const cut = (values: ArrayLike<number>, channel: number, at: number) =>
    Uint8Array.from({ length: batch * size }, (_, i) => {
      const [b, p] = [Math.floor(i / size), i % size];
      return values[(b * channels + channel) * size + p] > at ? 1 : 0;
    });
  const score = (channel: number, of: typeof releaseIoU) => {
    const each = thresholds.map((t) => {
      const at = Math.fround(t);
      return of(cut(logits, channel, at), cut(truth, channel, at), batch);
    });
    return each.reduce((sum, v) => sum + v, 0) / each.length;
  };
  const all = Array.from({ length: channels }, (_, c) => c);
  return { iou: all.map((c) => score(c, releaseIoU)), dice: all.map((c) => score(c, releaseDice)) };
}

/** Mean over samples of a function of |a ∩ b|, |a| and |b|. */
function meanOver(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  batch: number,
  score: (both: number, inA: number, inB: number) => number,
): number {
  const size = a.length / batch;
  let sum = 0;
  for (let k = 0; k < batch; k++) {
    let [both, inA, inB] = [0, 0, 0];
    for (let i = k * size; i < (k + 1) * size; i++) {
      if (a[i]) inA++;
      if (b[i]) inB++;
      if (a[i] && b[i]) both++;
    }
    sum += score(both, inA, inB);
  }
  return sum / batch;
}
