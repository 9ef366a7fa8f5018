import type { Runs } from '../document/runs';
import type { Statistics } from '../segmentProtocol';
import type { EngineCase } from './cases';

/** Weights of red, green and blue in luma (Rec. 601). */
const LUMA = [0.299, 0.587, 0.114];

/** Mean, standard deviation and range of the values in masks along z; null where the masks are empty. */
export function statisticsOf({ info, values }: EngineCase, masks: ReadonlyMap<number, Runs>): Statistics | null {
  const { dims, channels } = info;
  const area = dims[0] * dims[1];
  let [voxels, sum, min, max] = [0, 0, Infinity, -Infinity];
  const each = (visit: (value: number) => void) => {
    for (const [z, runs] of masks) {
      let at = z * area;
      for (const [i, n] of runs.entries()) {
        for (let k = at; i % 2 && k < at + n; k++) visit(valueAt(values, channels, k));
        at += n;
      }
    }
  };
  each((v) => {
    voxels++;
    sum += v;
    if (v < min) min = v;
    if (v > max) max = v;
  });
  if (!voxels) return null;
  const mean = sum / voxels;
  let squares = 0;
  each((v) => {
    squares += (v - mean) ** 2;
  });
  return { voxels, mean, deviation: Math.sqrt(squares / voxels), min, max };
}

function valueAt(values: ArrayLike<number>, channels: 1 | 3, i: number): number {
  return channels === 1 ? values[i] : LUMA.reduce((sum, w, c) => sum + w * values[3 * i + c], 0);
}
