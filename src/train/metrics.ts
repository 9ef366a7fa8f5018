// Dice and IoU of binary masks, per case and class, and their means. Plain numbers on the CPU; not responsible for
// thresholds of probabilities (a logit above 0 is foreground) nor for surface distances.

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

/** A score and what it belongs to. */
export interface CaseScore extends MaskScore {
  readonly id: string;
  readonly className: string;
}

/** Means over some scores; `n` of them, `oneEmpty` and `bothEmpty` with such masks. Means are NaN where n is 0. */
export interface ScoreMean {
  readonly n: number;
  readonly dice: number;
  readonly iou: number;
  readonly oneEmpty: number;
  readonly bothEmpty: number;
}

/** Means by class, in the order in which classes first appear, and over all. */
export interface ScoreSummary {
  readonly classes: readonly (ScoreMean & { readonly className: string })[];
  /** Over all scores, each with the same weight. */
  readonly overall: ScoreMean;
  /** Mean of the class means, each class with the same weight. */
  readonly classMean: { readonly dice: number; readonly iou: number };
  /** Different ids. */
  readonly cases: number;
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

/** One score per label value of two label maps, in the order of `values`. */
export function labelScores(pred: ArrayLike<number>, truth: ArrayLike<number>, values: readonly number[]): MaskScore[] {
  checkLengths(pred, truth);
  return values.map((value) => {
    let [predicted, real, both] = [0, 0, 0];
    for (let i = 0; i < pred.length; i++) {
      const inPred = pred[i] === value;
      const inTruth = truth[i] === value;
      if (inPred) predicted++;
      if (inTruth) real++;
      if (inPred && inTruth) both++;
    }
    return scoreOf(predicted, real, both);
  });
}

function meanOf(scores: readonly MaskScore[]): ScoreMean {
  const n = scores.length;
  const mean = (pick: (s: MaskScore) => number) => scores.reduce((sum, s) => sum + pick(s), 0) / n;
  const count = (empty: MaskScore['empty']) => scores.filter((s) => s.empty === empty).length;
  return { n, dice: mean((s) => s.dice), iou: mean((s) => s.iou), oneEmpty: count('one'), bothEmpty: count('both') };
}

/** Means of scores per class and over all. Empty masks count with the values that `MaskScore.empty` states. */
export function summariseScores(scores: readonly CaseScore[]): ScoreSummary {
  const names = [...new Set(scores.map((s) => s.className))];
  const classes = names.map((className) => ({ className, ...meanOf(scores.filter((s) => s.className === className)) }));
  const average = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  return {
    classes,
    overall: meanOf(scores),
    classMean: { dice: average(classes.map((c) => c.dice)), iou: average(classes.map((c) => c.iou)) },
    cases: new Set(scores.map((s) => s.id)).size,
  };
}
