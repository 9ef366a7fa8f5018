/** Slice after slice in one direction, each by the mask of the one before, until something ends it. Pure. */
import { areaOf, type Runs } from './document/runs';
import type { Carried } from './volumeProtocol';

/** Why one direction ended. */
export type End = 'range' | 'vanished' | 'score' | 'jump' | 'stopped';

/** Where one direction ended: the last slice that has a mask, and why. */
export interface Ending {
  readonly slice: number;
  readonly why: End;
}

/** Pixels below which an object is gone. */
export const LEAST_AREA = 4;

/** IoU with the neighbour below which the mask is that of something else. */
export const LEAST_OVERLAP = 0.3;

/** Whether a carried mask is none to go on with. */
export function endOf({ mask, score, overlap }: Carried, minScore: number): End | null {
  if (areaOf(mask) < LEAST_AREA) return 'vanished';
  if (score < minScore) return 'score';
  return overlap < LEAST_OVERLAP ? 'jump' : null;
}

/** Asks for the mask on a slice by its neighbour's; null: given up. */
export type Carry = (slice: number, from: Runs) => Promise<Carried | null>;

/**
 * Carries `seed` from slice `at` in the direction `step` up to `last`. `existing` gives the masks that stay. `onMask` is told of every
 * mask found, in order.
 */
export async function carryOn(
  way: { readonly at: number; readonly step: 1 | -1; readonly last: number },
  seed: Runs,
  minScore: number,
  existing: (slice: number) => Runs | null,
  carry: Carry,
  onMask: (slice: number, found: Carried | null) => void,
): Promise<Ending> {
  let before = seed;
  for (let slice = way.at + way.step; (way.last - slice) * way.step >= 0; slice += way.step) {
    const kept = existing(slice);
    if (kept) {
      before = kept;
      onMask(slice, null);
      continue;
    }
    const found = await carry(slice, before);
    if (!found) return { slice: slice - way.step, why: 'stopped' };
    const why = endOf(found, minScore);
    if (why) return { slice: slice - way.step, why };
    before = found.mask;
    onMask(slice, found);
  }
  return { slice: way.last, why: 'range' };
}
