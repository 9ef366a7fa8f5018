// Boxes as prompts: tight around a mask, jittered to a wanted overlap, and how SAM codes them.
import { type Box, boxIoU } from '../train/metrics/box';
import type { Rng } from './rng';

/**
 * A box whose IoU with `box` is `iou` (0.05..1) within 0.02: its four sides are moved in random proportions, inside the
 * picture. Coordinates may be fractions. `Error` when the picture leaves no room for such a box.
 */
export function jitterBox(box: Box, iou: number, width: number, height: number, rng: Rng): Box {
  if (!(iou >= 0.05 && iou <= 1)) throw new Error(`jitterBox: iou must be in 0.05..1, got ${iou}`);
  if (!(box[0] >= 0 && box[1] >= 0 && box[0] <= box[2] && box[1] <= box[3] && box[2] < width && box[3] < height))
    throw new Error(`jitterBox: [${box.join(', ')}] is not a box inside a ${width} x ${height} picture`);
  for (let attempt = 0; attempt < 50; attempt++) {
    const moves = [0, 1, 2, 3].map(() => rng.uniform(-1, 1));
    let lo = 0;
    let hi = 4;
    for (let step = 0; step < 40; step++) {
      const middle = (lo + hi) / 2; // the IoU falls as the move grows
      if (boxIoU(box, moved(box, moves, middle, width, height)) > iou) lo = middle;
      else hi = middle;
    }
    const out = moved(box, moves, (lo + hi) / 2, width, height);
    if (Math.abs(boxIoU(box, out) - iou) <= 0.02) return out;
  }
  throw new Error(
    `jitterBox: found no box of IoU ${iou} +- 0.02 with [${box.join(', ')}] in a ${width} x ${height} picture`,
  );
}

/** The box with every side moved by `by` times its own share of the box's extent, kept in the picture and not inverted. */
function moved(box: Box, moves: number[], by: number, width: number, height: number): Box {
  const w = by * (box[2] - box[0] + 1);
  const h = by * (box[3] - box[1] + 1);
  const side = (v: number, last: number) => Math.min(last, Math.max(0, v));
  const middleX = (box[0] + box[2]) / 2;
  const middleY = (box[1] + box[3]) / 2;
  return [
    Math.min(middleX, side(box[0] + moves[0] * w, width - 1)),
    Math.min(middleY, side(box[1] + moves[1] * h, height - 1)),
    Math.max(middleX, side(box[2] + moves[2] * w, width - 1)),
    Math.max(middleY, side(box[3] + moves[3] * h, height - 1)),
  ];
}

/** A box as SAM codes it: its first corner with label 2, its last with label 3. */
export function boxPrompt(box: Box): { points: number[]; labels: number[] } {
  return { points: [...box], labels: [2, 3] };
}
