// From voxel values to 8-bit grey: CT windows in Hounsfield units, percentiles for everything else.
import { VolumeError } from './errors';
import type { VoxelArray } from './volume';
import { percentiles } from './volumeStats';

/** Hounsfield units shown from black to white (level ± half the width): 40/400, −600/1500, 400/1800, 40/80. */
export const windowPresets = {
  'soft-tissue': [-160, 240],
  lung: [-1350, 150],
  bone: [-500, 1300],
  brain: [0, 80],
} as const;

/**
 * A preset; `percentile` (0.5 to 99.5 % of all voxels); `mri` (the same of the foreground); `auto` (the soft-tissue window
 * where values look like Hounsfield units, else `percentile`); or [low, high].
 */
export type WindowChoice = string | readonly [number, number];

/** Values at black and at white. */
export type ValueRange = readonly [low: number, high: number];

const tails = [0.5, 99.5] as const;

/** The value that fills more than a tenth of the voxels where one does: the background of a masked or padded image. */
function backgroundOf(data: VoxelArray): number | null {
  // The border of the histogram is where backgrounds are: the smallest value, or 0 in images normalised to mean 0.
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < data.length; i++) if (data[i] < least) least = data[i];
  for (const value of [least, 0]) {
    let n = 0;
    for (let i = 0; i < data.length; i++) if (data[i] === value) n++;
    if (n > data.length / 10) return value;
  }
  return null;
}

/**
 * Whether values look like Hounsfield units: some air (more than 1 % below −700), something as dense as an organ with
 * contrast, nothing beyond what scanners write.
 */
export function looksLikeCt(data: VoxelArray): boolean {
  let [air, least, most] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < data.length; i++) {
    const v = data[i];
    if (v < -700) air++;
    if (v < least) least = v;
    if (v > most) most = v;
  }
  return air > data.length / 100 && least >= -5000 && most >= 100 && most <= 40_000;
}

/** Which values become black and white. `VolumeError` for a name that is none and a range that is empty. */
export function windowRange(data: VoxelArray, choice: WindowChoice): ValueRange {
  if (typeof choice !== 'string') {
    if (!(choice[0] < choice[1] && Number.isFinite(choice[0]) && Number.isFinite(choice[1]))) {
      throw new VolumeError(`window [${choice.join(', ')}]: expected two finite values, the lower first`);
    }
    return choice;
  }
  if (Object.hasOwn(windowPresets, choice)) return windowPresets[choice as keyof typeof windowPresets];
  if (choice === 'auto' && looksLikeCt(data)) return windowPresets['soft-tissue'];
  if (choice === 'auto' || choice === 'percentile') return percentiles(data, tails) as unknown as ValueRange;
  if (choice === 'mri') {
    const background = backgroundOf(data);
    const range = percentiles(data, tails, (v) => v !== background);
    return (Number.isNaN(range[0]) ? percentiles(data, tails) : range) as unknown as ValueRange;
  }
  throw new VolumeError(
    `window ${JSON.stringify(choice)}: there are ${Object.keys(windowPresets).join(', ')}, auto, percentile, mri, or [low, high]`,
  );
}

/** Values as grey 0..255, rounded; what lies outside the range is black or white. All black where the range is empty. */
export function toGrey(data: VoxelArray, [low, high]: ValueRange): Uint8Array {
  const out = new Uint8Array(data.length);
  if (!(high > low)) return out;
  const scale = 255 / (high - low);
  for (let i = 0; i < data.length; i++) {
    const v = (data[i] - low) * scale;
    out[i] = v <= 0 ? 0 : v >= 255 ? 255 : Math.round(v);
  }
  return out;
}
