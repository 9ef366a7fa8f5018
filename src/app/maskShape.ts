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
