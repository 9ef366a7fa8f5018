import { checkMask, emptyMask, grid } from './grid';

/** A box by its first and last column and row, both included: [x0, y0, x1, y1]. */
export type Box = readonly [number, number, number, number];

/** The smallest box around the foreground of a (height, width) mask. `Error` for an empty mask. */
export function tightBox(mask: ArrayLike<number>, width: number, height: number): Box {
  const on = grid([height, width]);
  checkMask('tightBox', mask, on);
  let [x0, y0, x1, y1] = [width, height, -1, -1];
  for (let p = 0; p < mask.length; p++) {
    if (!mask[p]) continue;
    const x = p % width;
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    y1 = (p - x) / width;
    if (y0 === height) y0 = y1;
  }
  if (x1 < 0) throw emptyMask('tightBox', on);
  return [x0, y0, x1, y1];
}

/** Intersection over union of two boxes with inclusive sides (x1 − x0 + 1), so that one pixel is a box of area 1. */
export function boxIoU(a: Box, b: Box): number {
  const area = (c: Box) => (c[2] - c[0] + 1) * (c[3] - c[1] + 1);
  const w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]) + 1;
  const h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]) + 1;
  const both = w > 0 && h > 0 ? w * h : 0;
  return both / (area(a) + area(b) - both);
}
