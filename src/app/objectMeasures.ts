/** What an object measures: millilitres and slices. Pure arithmetic. */
import { determinant } from '../data/affine';
import type { CaseInfo } from './document/caseInfo';
import type { LabelObject } from './document/document';
import { areaOf } from './document/runs';

/** Of one object. Slices lie along z, counted from 0. */
export interface Measures {
  readonly voxels: number;
  readonly ml: number;
  readonly first: number;
  readonly last: number;
}

/** Measures of an object of a volume; null where it has no mask. Voxels of overlapping objects count for each. */
export function measuresOf(
  { affine }: Pick<CaseInfo, 'affine'>,
  { masks }: Pick<LabelObject, 'masks'>,
): Measures | null {
  if (!masks.size) return null;
  const voxels = [...masks.values()].reduce((sum, runs) => sum + areaOf(runs), 0);
  const slices = [...masks.keys()];
  // The determinant, not the product of the spacings: an oblique grid may be sheared.
  const ml = (voxels * Math.abs(determinant(affine))) / 1000;
  return { voxels, ml, first: Math.min(...slices), last: Math.max(...slices) };
}

/** `12.4 ml`, `0.083 ml`, `1.23 l`. */
export function showMl(ml: number): string {
  if (ml >= 1000) return `${(ml / 1000).toFixed(2)} l`;
  return `${ml >= 100 ? ml.toFixed(0) : ml >= 10 ? ml.toFixed(1) : ml.toPrecision(2)} ml`;
}
