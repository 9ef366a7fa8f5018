import { type Motion, mapPoint } from './affine';
import type { Box } from './metrics/box';
import type { TrainItem } from './trainItem';

/** Tight boxes by mask: the same mask comes again and again. */
const known = new WeakMap<Uint8Array, Box | null>();

/** The tight box of an item's object within its image; null where there is none. */
export function objectBox({ mask, inputSize: [h, w] }: TrainItem, side: number): Box | null {
  const found = known.get(mask);
  if (found !== undefined) return found;
  let [x0, y0, x1, y1] = [w, h, -1, -1];
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      if (!mask[y * side + x]) continue;
      [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x), Math.max(y1, y)];
    }
  }
  const box: Box | null = x1 < 0 ? null : [x0, y0, x1, y1];
  known.set(mask, box);
  return box;
}

/** The box around the objects of all slices. */
export function shapeBox(slices: readonly TrainItem[], side: number): Box | null {
  const boxes = slices.map((s) => objectBox(s, side)).filter((b) => b !== null);
  if (!boxes.length) return null;
  const of = (k: number, f: (...n: number[]) => number) => f(...boxes.map((b) => b[k]));
  return [of(0, Math.min), of(1, Math.min), of(2, Math.max), of(3, Math.max)];
}

/** The box prompt of a changed item, inside the image: x0, y0, x1, y1. */
export function movedBox(box: Box, item: TrainItem, side: number, change: Motion): Box {
  const [h, w] = item.inputSize;
  const tight = objectBox(item, side) ?? box;
  const moved = changedBox(item, side, change) ?? around([box], change);
  // How far each side lies beyond the object's, in its extents: mirrored with the object.
  const beyond = (k: 0 | 1): [number, number] => {
    const size = tight[k + 2] - tight[k] + 1;
    const sides: [number, number] = [(box[k] - tight[k]) / size, (box[k + 2] - tight[k + 2]) / size];
    return (k === 0 ? change.flipX : change.flipY) ? [-sides[1], -sides[0]] : sides;
  };
  const along = (k: 0 | 1, last: number): [number, number] => {
    const size = moved[k + 2] - moved[k] + 1;
    const [lo, hi] = beyond(k);
    const inside = (v: number) => Math.min(last, Math.max(0, v));
    return [inside(moved[k] + lo * size), inside(moved[k + 2] + hi * size)];
  };
  const [x0, x1] = along(0, w - 1);
  const [y0, y1] = along(1, h - 1);
  return [x0, y0, x1, y1];
}

/** The tight box of the object after the change. */
function changedBox(item: TrainItem, side: number, change: Motion): Box | null {
  const tight = objectBox(item, side);
  if (!tight) return null;
  const runs: Box[] = [];
  for (let y = tight[1]; y <= tight[3]; y++) {
    // The ends of a row's run are the only pixels that can be extreme.
    const line = item.mask.subarray(y * side + tight[0], y * side + tight[2] + 1);
    const first = line.findIndex((v) => v !== 0);
    if (first >= 0) runs.push([tight[0] + first, y, tight[0] + line.findLastIndex((v) => v !== 0), y]);
  }
  return around(runs, change);
}

/** The box around moved boxes, taken as areas of whole pixels. */
function around(boxes: readonly Box[], { forward }: Motion): Box {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const b of boxes) {
    for (const px of [b[0] - 0.5, b[2] + 0.5]) {
      for (const py of [b[1] - 0.5, b[3] + 0.5]) {
        const [x, y] = mapPoint(forward, px, py);
        [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x), Math.max(y1, y)];
      }
    }
  }
  return [x0 + 0.5, y0 + 0.5, x1 - 0.5, y1 - 0.5];
}
