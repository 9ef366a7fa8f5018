// The click that corrects a prediction (SPEC §5): in the largest component of its errors. Missed and wrong voxels are
// labelled apart; of equal components a missed one comes first, then raster order.
import { type Components, type Connectivity, components } from './components';
import { squaredDepths } from './distance';
import { asVolume, checkMask, type Grid } from './grid';
import { drawPixels, firstMaximum, pixelsOf, type Random } from './pixels';

/** A correcting click, at a voxel centre. */
export interface Click {
  readonly x: number;
  readonly y: number;
  /** The slice; 0 in 2-D. */
  readonly z: number;
  /** 1: missed by the prediction; 0: wrongly in it. */
  readonly label: 0 | 1;
  /** Voxels of the error component it lies in. */
  readonly area: number;
  /** Squared distance of the click to the component's outside, in the grid's unit squared. */
  readonly squaredDistance: number;
}

/** The errors of a prediction by component, and the largest of them. */
export interface Errors {
  /** Components of the truth that the prediction lacks, and of the prediction outside the truth. */
  readonly missed: Components;
  readonly wrong: Components;
  /** Null when prediction and truth agree. */
  readonly largest: {
    readonly label: 0 | 1;
    readonly area: number;
    /** 1 where the component is. */
    readonly mask: Uint8Array;
    /** Components of this size, missed and wrong together. */
    readonly ties: number;
  } | null;
}

/** Components of the errors, 8-connected in 2-D and 26-connected in 3-D unless `connectivity` says `faces`. */
export function findErrors(
  pred: ArrayLike<number>,
  truth: ArrayLike<number>,
  on: Grid,
  connectivity: Connectivity = 'full',
): Errors {
  checkMask('nextClick: prediction', pred, on);
  checkMask('nextClick: truth', truth, on);
  const where = (a: ArrayLike<number>, b: ArrayLike<number>) => {
    const out = new Uint8Array(a.length);
    for (let i = 0; i < out.length; i++) if (a[i] && !b[i]) out[i] = 1;
    return components(out, on, connectivity);
  };
  const missed = where(truth, pred);
  const wrong = where(pred, truth);
  if (missed.count + wrong.count === 0) return { missed, wrong, largest: null };
  const most = (c: Components) => c.sizes[firstMaximum(c.sizes)] ?? 0;
  const isMiss = most(missed) >= most(wrong);
  const { labels, sizes } = isMiss ? missed : wrong;
  const area = Math.max(most(missed), most(wrong));
  const chosen = firstMaximum(sizes) + 1;
  const mask = new Uint8Array(labels.length);
  for (let i = 0; i < mask.length; i++) if (labels[i] === chosen) mask[i] = 1;
  const ties = [...missed.sizes, ...wrong.sizes].filter((n) => n === area).length;
  return { missed, wrong, largest: { label: isMiss ? 1 : 0, area, mask, ties } };
}

/**
 * The next click: in the largest component of the errors the voxel farthest from the component's outside (first in
 * raster order; the outside of the grid counts), or with `random` any voxel of it. Null when prediction and truth agree.
 */
export function nextClick(pred: ArrayLike<number>, truth: ArrayLike<number>, on: Grid, random?: Random): Click | null {
  const { largest } = findErrors(pred, truth, on);
  if (!largest) return null;
  const depths = squaredDepths(largest.mask, on);
  const p = random ? drawPixels(pixelsOf(largest.mask), 1, random)[0] : firstMaximum(depths);
  const { h, w } = asVolume(on);
  const [x, y, z] = [p % w, Math.floor(p / w) % h, Math.floor(p / (w * h))];
  return { x, y, z, label: largest.label, area: largest.area, squaredDistance: depths[p] };
}
