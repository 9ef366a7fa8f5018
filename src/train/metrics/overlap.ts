// Dice and IoU of binary masks. Plain numbers on the CPU; not responsible for thresholds of probabilities (a logit
// above 0 is foreground) nor for surface distances.

/** How two masks overlap. */
export interface MaskScore {
  /** 2·|P∩G| / (|P| + |G|), without smoothing. */
  readonly dice: number;
  /** |P∩G| / |P∪G|. */
  readonly iou: number;
  /** Foreground pixels (voxels) of the prediction and of the truth. */
  readonly predicted: number;
  readonly truth: number;
  /** Both masks empty counts as right (1, 1); exactly one as wrong (0, 0). A report should say how many there were. */
  readonly empty: 'no' | 'both' | 'one';
}

/** The score of these counts. */
function scoreOf(predicted: number, truth: number, both: number): MaskScore {
  if (predicted + truth === 0) return { dice: 1, iou: 1, predicted, truth, empty: 'both' };
  const empty = predicted === 0 || truth === 0 ? 'one' : 'no';
  return { dice: (2 * both) / (predicted + truth), iou: both / (predicted + truth - both), predicted, truth, empty };
}

function checkLengths(pred: ArrayLike<number>, truth: ArrayLike<number>): void {
  if (pred.length !== truth.length) {
    throw new Error(
      `metrics: the prediction has ${pred.length} pixels, the truth ${truth.length}; resize one to the other`,
    );
  }
}

/** Overlap of two masks of any dimension, in which everything but 0 is foreground; `Error` when their lengths differ. */
export function maskScore(pred: ArrayLike<number>, truth: ArrayLike<number>): MaskScore {
  checkLengths(pred, truth);
  let [predicted, real, both] = [0, 0, 0];
  for (let i = 0; i < pred.length; i++) {
    if (pred[i]) predicted++;
    if (truth[i]) real++;
    if (pred[i] && truth[i]) both++;
  }
  return scoreOf(predicted, real, both);
}

/** Overlap of logits (foreground where strictly above 0, as probability above 0.5 is) with a mask. */
export function logitScore(logits: ArrayLike<number>, truth: ArrayLike<number>): MaskScore {
  return maskScore(
    Uint8Array.from(logits, (v) => (v > 0 ? 1 : 0)),
    truth,
  );
}
