import { AUGMENT_LENGTH } from '../ops/augment';
import { type Affine, inverse, type Motion, mapPoint } from './affine';
import { movedBox, shapeBox } from './augmentBox';
import type { AugmentConfig } from './augmentConfig';
import { mix } from './clickKeys';
import type { Box } from './metrics/box';
import { type BatchArrays, type BatchShape, rowsOf, type TrainItem } from './trainItem';

/** How one object (all slices of one volume, all rows of one image) is changed. */
export interface Change extends Motion {
  readonly contrast: number;
  readonly brightness: number;
  readonly noise: number;
}

/** Inputs `augment` [R, 12] and `augmentKeys` u32 [R] of the step. */
export interface AugmentInputs {
  readonly augment: Float32Array<ArrayBuffer>;
  readonly augmentKeys: Uint32Array<ArrayBuffer>;
  readonly [key: string]: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
}

/**
 * What seed, batch number and volume draw for an object in `box` (null: no object) of an image of h × w pixels. The object
 * stays inside the frame: it is made smaller and moved where it would not.
 */
export function drawChange(
  config: AugmentConfig,
  draw: (i: number) => number,
  [h, w]: readonly [number, number],
  box: Box | null,
): Change {
  const both = (i: number, most: number) => (2 * draw(i) - 1) * most;
  const flipX = draw(0) < config.flipX;
  const flipY = draw(1) < config.flipY;
  const turn = (both(2, config.rotate) * Math.PI) / 180;
  const side = Math.max(h, w);
  const shift: [number, number] = [both(4, config.shift * side), both(5, config.shift * side)];
  const linear = (f: number): Affine => {
    const [c, s] = [f * Math.cos(turn), f * Math.sin(turn)];
    const [u, v] = [flipX ? -1 : 1, flipY ? -1 : 1];
    const [mx, my] = [(w - 1) / 2, (h - 1) / 2];
    return [
      c * u,
      -s * v,
      mx - c * u * mx + s * v * my + shift[0],
      s * u,
      c * v,
      my - s * u * mx - c * v * my + shift[1],
    ];
  };
  const factor = Math.exp(both(3, Math.log(1 + config.scale)));
  return {
    forward: box ? kept(linear, factor, box, h, w) : linear(factor),
    flipX,
    flipY,
    contrast: 1 + both(6, config.contrast),
    brightness: both(7, config.brightness),
    noise: draw(8) * config.noise,
  };
}

/** The map of the given size, with the object brought back into the frame. */
function kept(linear: (f: number) => Affine, factor: number, box: Box, h: number, w: number): Affine {
  const extent = (m: Affine) => {
    const corners = [0, 1, 2, 3].map((k) => mapPoint(m, box[k & 1 ? 2 : 0], box[k & 2 ? 3 : 1]));
    const [xs, ys] = [corners.map((c) => c[0]), corners.map((c) => c[1])];
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  };
  const first = extent(linear(factor));
  const shrink = (size: number, most: number) => (size > most ? most / size : 1);
  const m = linear(factor * Math.min(shrink(first[2] - first[0], w - 1), shrink(first[3] - first[1], h - 1)));
  const [x0, y0, x1, y1] = extent(m);
  const back = (lo: number, hi: number, most: number) => Math.max(0, -lo) - Math.max(0, hi - most);
  return [m[0], m[1], m[2] + back(x0, x1, w - 1), m[3], m[4], m[5] + back(y0, y1, h - 1)];
}

/**
 * Draws the changes of a batch and moves its prompts (in `arrays`, already filled with `items`; items stay as they are).
 * Points that leave the image become padding. A box becomes the one that lies to the moved object as it lay to the object:
 * its IoU with the tight box stays.
 */
export function augmentBatch(
  config: AugmentConfig,
  seed: number,
  batch: number,
  items: readonly TrainItem[],
  shape: BatchShape,
  arrays: Pick<BatchArrays, 'points' | 'labels'>,
): AugmentInputs {
  const rows = rowsOf(shape);
  // What is changed alike: the slices of a volume, the rows of an image.
  const group = rows / shape.batch;
  const augment = new Float32Array(rows * AUGMENT_LENGTH);
  const augmentKeys = new Uint32Array(rows);
  for (let v = 0; v < shape.batch; v++) {
    const slices = Array.from({ length: group }, (_, d) => items[(v * group + d) % items.length]);
    const { inputSize } = slices[0];
    const draw = (i: number) => mix(seed, 2, batch, v, i) / 2 ** 32;
    const change = drawChange(config, draw, inputSize, shapeBox(slices, shape.side));
    const back = inverse(change.forward);
    slices.forEach((item, d) => {
      const row = v * group + d;
      const numbers = [...back, ...inputSize, change.contrast, change.brightness, change.noise];
      augment.set(numbers, row * AUGMENT_LENGTH);
      augmentKeys[row] = mix(seed, 3, batch, row);
      movePrompt(item, change, shape, arrays, row);
    });
  }
  return { augment, augmentKeys };
}

function movePrompt(
  item: TrainItem,
  change: Change,
  { side, points: n }: BatchShape,
  { points, labels }: Pick<BatchArrays, 'points' | 'labels'>,
  row: number,
): void {
  const [h, w] = item.inputSize;
  for (let k = 0; k < n; k++) {
    const at = row * n + k;
    const label = labels[at];
    if (label === -1 || label === 3) continue;
    if (label === 2) {
      const box: Box = [points[2 * at], points[2 * at + 1], points[2 * at + 2], points[2 * at + 3]];
      points.set(movedBox(box, item, side, change), 2 * at);
      continue;
    }
    const [x, y] = mapPoint(change.forward, points[2 * at], points[2 * at + 1]);
    const inside = x >= -0.5 && y >= -0.5 && x <= w - 0.5 && y <= h - 0.5;
    points.set(inside ? [x, y] : [0, 0], 2 * at);
    if (!inside) labels[at] = -1;
  }
}
