/** What the page wants to know of the values of a case, which only the engine holds. */
import type { Triple } from '../../data/affine';
import { windowRange } from '../../data/volumeWindow';
import type { Window } from '../document/caseInfo';
import type { EngineCase } from './cases';

/** The value of a voxel, one number a channel; empty outside the grid. */
export function probeAt({ info, values }: EngineCase, voxel: Triple): readonly number[] {
  const { dims, channels } = info;
  if (!voxel.every((v, a) => Number.isInteger(v) && v >= 0 && v < dims[a])) return [];
  const at = ((voxel[2] * dims[1] + voxel[1]) * dims[0] + voxel[0]) * channels;
  return Array.from({ length: channels }, (_, k) => values[at + k]);
}

/** Values at black and white by percentiles; the whole range where percentiles are equal. */
export function windowOf({ info, values }: EngineCase, choice: 'percentile' | 'mri'): Window {
  const [low, high] = windowRange(values, choice);
  return high > low ? [low, high] : info.range;
}
