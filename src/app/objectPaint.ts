/** Pixels of a held-out object's picture: before and after side by side at a swipe line, or what changed. No DOM. */
import { unpackMask } from './document/runs';
import type { ObjectPicture } from './runProtocol';

/** How two masks are compared. */
export type CompareMode = 'swipe' | 'difference';

/** A colour, 0..255. */
export type Rgb = readonly [number, number, number];

/** Of before and after (as everywhere on the page), and of a difference. Told apart without red and green, too. */
export const COLOURS = {
  before: [255, 186, 73],
  after: [53, 208, 230],
  gained: [90, 200, 250],
  lost: [240, 90, 60],
  wrong: [250, 210, 70],
} as const satisfies Record<string, Rgb>;

/** Of the colour over the image. */
const OPACITY = 0.5;

/**
 * RGBA of the picture. Swipe: left of `at` (0..1 of the width) the mask before, right of it that after. Difference: pixels
 * that training made right, made wrong, or left wrong.
 */
export function paintObject(p: ObjectPicture, mode: CompareMode, at: number): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(p.pixels);
  const [before, after, truth] = [p.before, p.after, p.truth].map((runs) => runs && unpackMask(runs));
  const line = at * p.width;
  const colour = (i: number): Rgb | null => {
    if (mode === 'difference') return changeAt(before?.[i], after?.[i], truth![i]);
    const left = i % p.width < line;
    return (left ? before : after)?.[i] ? (left ? COLOURS.before : COLOURS.after) : null;
  };
  for (let i = 0; i < p.width * p.height; i++) {
    const over = colour(i);
    if (over) for (let c = 0; c < 3; c++) out[4 * i + c] = out[4 * i + c] * (1 - OPACITY) + over[c] * OPACITY;
  }
  return out;
}

function changeAt(before: number | undefined, after: number | undefined, truth: number): Rgb | null {
  if (before === undefined || after === undefined) return null;
  const [was, is] = [before === truth, after === truth];
  if (was && is) return null;
  return is ? COLOURS.gained : was ? COLOURS.lost : COLOURS.wrong;
}
