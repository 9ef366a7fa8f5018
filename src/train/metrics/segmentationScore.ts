import { checkMask, type Grid } from './grid';
import { type MaskScore, maskScore } from './overlap';
import { diagonal, hausdorff95, surfaceDice, surfaceDistances } from './surface';

/** Overlap and surface distance of a prediction. The metrics of SPEC §5, empty masks included. */
export interface SegmentationScore extends MaskScore {
  /** In the grid's unit. Both masks empty: 0; exactly one: the grid's diagonal. */
  readonly hd95: number;
  /** Surface Dice within the tolerance. Both masks empty: 1; exactly one: 0. */
  readonly nsd: number;
}

/** A class of a label map. */
export interface LabelClass {
  readonly name: string;
  readonly value: number;
}

/**
 * All metrics of two masks on `on` (everything but 0 is foreground). `tolerance` of NSD in the grid's unit (mm, or px
 * without spacing). `Error` for masks of another size and for a tolerance below 0.
 */
export function segmentationScore(
  pred: ArrayLike<number>,
  truth: ArrayLike<number>,
  on: Grid,
  tolerance: number,
): SegmentationScore {
  checkTolerance(tolerance);
  checkMask('metrics: prediction', pred, on);
  checkMask('metrics: truth', truth, on);
  const overlap = maskScore(pred, truth);
  if (overlap.empty === 'both') return { ...overlap, hd95: 0, nsd: 1 };
  if (overlap.empty === 'one') return { ...overlap, hd95: diagonal(on), nsd: 0 };
  const distances = surfaceDistances(pred, truth, on);
  return { ...overlap, hd95: hausdorff95(distances), nsd: surfaceDice(distances, tolerance) };
}

/** The metrics of every class of two label maps, in the order of `classes`; a class in neither map counts as both empty. */
export function classScores(
  pred: ArrayLike<number>,
  truth: ArrayLike<number>,
  classes: readonly LabelClass[],
  on: Grid,
  tolerance: number,
): (SegmentationScore & { readonly className: string })[] {
  checkMask('metrics: prediction', pred, on);
  checkMask('metrics: truth', truth, on);
  const maskOf = (map: ArrayLike<number>, value: number) => {
    const out = new Uint8Array(map.length);
    for (let i = 0; i < out.length; i++) if (map[i] === value) out[i] = 1;
    return out;
  };
  return classes.map(({ name, value }) => ({
    className: name,
    ...segmentationScore(maskOf(pred, value), maskOf(truth, value), on, tolerance),
  }));
}

function checkTolerance(tolerance: number): void {
  if (!(tolerance >= 0 && tolerance < Infinity))
    throw new Error(`metrics: NSD tolerance ${tolerance}, expected a distance of at least 0`);
}
