/** The outline of a mask, and how masks compare with the truth. Pure arrays. */
import type { TruthInfo } from './document/caseInfo';

/**
 * The border of a mask as line segments x0, y0, x1, y1 along pixel edges, runs joined; in image coordinates (0, 0 is the
 * outer corner of the first pixel). Outside the image counts as outside the mask.
 */
export function maskEdges(mask: ArrayLike<number>, width: number, height: number): number[] {
  const on = (x: number, y: number) => x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x] !== 0;
  const out: number[] = [];
  for (let y = 0; y <= height; y++)
    runs(
      width,
      (x) => on(x, y) !== on(x, y - 1),
      (a, b) => out.push(a, y, b, y),
    );
  for (let x = 0; x <= width; x++)
    runs(
      height,
      (y) => on(x, y) !== on(x - 1, y),
      (a, b) => out.push(x, a, x, b),
    );
  return out;
}

/** Calls `emit` with begin and end of every stretch on which `is` holds. */
function runs(length: number, is: (i: number) => boolean, emit: (begin: number, end: number) => void): void {
  let begin = -1;
  for (let i = 0; i <= length; i++) {
    const edge = i < length && is(i);
    if (edge && begin < 0) begin = i;
    if (!edge && begin >= 0) {
      emit(begin, i);
      begin = -1;
    }
  }
}

/** 1 where the labels are among `values`. */
export function objectMask(labels: ArrayLike<number>, values: readonly number[]): Uint8Array {
  return Uint8Array.from(labels, (v) => (values.includes(v) ? 1 : 0));
}

/** Dice of two masks of equal length; 1 when both are empty. */
export function diceOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [both, size] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (a[i]) size++;
    if (b[i]) size++;
    if (a[i] && b[i]) both++;
  }
  return size ? (2 * both) / size : 1;
}

/** How a mask overlaps one of the true objects. */
export interface TruthMatch {
  readonly name: string;
  readonly dice: number;
}

/** Dice of a mask with each true object of the same pixels, in the order of the truth: nested objects may all be meant by one click. */
export function truthMatches(
  labels: ArrayLike<number>,
  objects: TruthInfo['objects'],
  mask: ArrayLike<number>,
): TruthMatch[] {
  return objects.map(({ name, values }) => ({ name, dice: diceOf(objectMask(labels, values), mask) }));
}

/** The square around what is inside any of the masks, a quarter larger; all of the picture where they are empty. */
export function squareAround(
  masks: readonly ArrayLike<number>[],
  width: number,
  height: number,
): { readonly x: number; readonly y: number; readonly side: number } {
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (const mask of masks) {
    for (let i = 0; i < mask.length; i++) {
      if (!mask[i]) continue;
      const [x, y] = [i % width, Math.floor(i / width)];
      [x0, x1] = [Math.min(x0, x), Math.max(x1, x + 1)];
      [y0, y1] = [Math.min(y0, y), Math.max(y1, y + 1)];
    }
  }
  if (x1 <= x0) [x0, y0, x1, y1] = [0, 0, width, height];
  const side = Math.min(1.25 * Math.max(x1 - x0, y1 - y0), Math.max(width, height));
  return { x: (x0 + x1 - side) / 2, y: (y0 + y1 - side) / 2, side };
}
