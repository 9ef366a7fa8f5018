import type { Size } from '../models/sam/prompt';
import type { SegmenterConfig } from '../models/segmenter';
import type { TrainConfig } from './trainConfig';

/**
 * One object of one image, ready for the model: what a batch row is made of. Files, resizing and the drawing of prompts
 * are the business of the data room.
 */
export interface TrainItem {
  /** Image and object, for messages and reports. */
  readonly id: string;
  readonly className: string;
  /** S·S·3 bytes RGB, longer side of the image resized to S; what lies outside `inputSize` is not looked at. */
  readonly image: Uint8Array;
  /** Rows and columns of the image within S × S. */
  readonly inputSize: Size;
  /** S·S, 1 on the object, in the same frame. */
  readonly mask: Uint8Array;
  /** P·2 as x, y in input pixels. */
  readonly points: Float32Array;
  /** P: 1 object, 0 background, 2 and 3 corners of a box, −1 padding. */
  readonly labels: Float32Array;
  /** Mask prompt, m·m logits of the decoder's frame; absent: none. */
  readonly maskInput?: Float32Array;
}

/** Extents of a batch: volumes (or images), slices of each, side of the input, prompt tokens a row. */
export interface BatchShape {
  readonly batch: number;
  /** 1 for images. Rows are batch · depth · prompts; consecutive ones are the slices of one volume. */
  readonly depth: number;
  /** Consecutive rows that share one image; 1 unless given. */
  readonly prompts?: number;
  readonly side: number;
  readonly points: number;
  /** Side of the mask prompt; 0 where there is none. */
  readonly maskSide: number;
}

/** Extents of the batches that `train` asks for with a model of configuration `sam`. */
export function shapeOf(
  train: Pick<TrainConfig, 'batch' | 'depth' | 'points' | 'maskPrompts'> & { readonly prompts?: number },
  sam: Pick<SegmenterConfig, 'imageEncoder' | 'promptEncoder'>,
): BatchShape {
  const { batch, depth, prompts = 1, points } = train;
  const maskSide = train.maskPrompts ? maskSideOf({ config: sam }) : 0;
  const shape = { batch, depth, side: sam.imageEncoder.imgSize, points, maskSide };
  return prompts > 1 ? { ...shape, prompts } : shape;
}

/** Side of the decoder's masks and of mask prompts: four for each token of the image. */
export function maskSideOf({ config }: { readonly config: Pick<SegmenterConfig, 'promptEncoder'> }): number {
  return 4 * config.promptEncoder.imageEmbeddingSize[0];
}

/** Rows B of a batch. */
export function rowsOf({ batch, depth, prompts = 1 }: Pick<BatchShape, 'batch' | 'depth' | 'prompts'>): number {
  return batch * depth * prompts;
}

/** Images I of a batch: as many as rows, unless several rows share one. */
export function imagesOf({ batch, depth }: Pick<BatchShape, 'batch' | 'depth'>): number {
  return batch * depth;
}

/** For measuring: as many rows, each with an image of its own. */
export function singly({ prompts = 1, ...shape }: BatchShape): BatchShape {
  return { ...shape, batch: shape.batch * prompts };
}

/** Arrays of one batch, in the layout of the step's inputs; made once and filled again and again. */
export interface BatchArrays {
  /** [I, 3, S, S] in 0..255; the pixel mean where there is no image. */
  readonly image: Float32Array<ArrayBuffer>;
  /** [B, 1, S, S]: 1 object, 0 not, −1 where there is no image. */
  readonly target: Float32Array<ArrayBuffer>;
  /** [B, P, 2]. */
  readonly points: Float32Array<ArrayBuffer>;
  /** [B, P]. */
  readonly labels: Float32Array<ArrayBuffer>;
  /** [B, 1, m, m] logits of a mask prompt; empty where there is none. */
  readonly mask: Float32Array<ArrayBuffer>;
  /** [B]: 1 where a row has a mask prompt. */
  readonly masked: Float32Array<ArrayBuffer>;
}

/** Empty arrays for `shape`. */
export function batchArrays(shape: BatchShape): BatchArrays {
  const { side, points, maskSide } = shape;
  const rows = rowsOf(shape);
  return {
    image: new Float32Array(imagesOf(shape) * 3 * side * side),
    target: new Float32Array(rows * side * side),
    points: new Float32Array(rows * points * 2),
    labels: new Float32Array(rows * points),
    mask: new Float32Array(rows * maskSide * maskSide),
    masked: new Float32Array(maskSide ? rows : 0),
  };
}

/**
 * Writes `items` into `out`, beginning again with the first when there are fewer than B; with `depth` above 1 they are whole
 * slabs, with `prompts` the rows of whole images. Beyond an image stands `mean`, which the model's normalisation makes exactly 0. Throws, with the item's name, when
 * an array has another length than `shape` asks for, when the prompt lies outside the image, or when the mask is empty (of
 * a slice it may be: then no point of it may be real).
 */
export function fillBatch(
  out: BatchArrays,
  items: readonly TrainItem[],
  shape: BatchShape,
  mean: readonly number[],
): void {
  const rows = rowsOf(shape);
  if (!items.length || items.length > rows) {
    throw new Error(`batch: ${items.length} items for ${rows} rows; give 1 to ${rows}`);
  }
  if (items.length % shape.depth !== 0) {
    throw new Error(`batch: ${items.length} items are no whole slabs of ${shape.depth} slices`);
  }
  const { prompts = 1 } = shape;
  for (let b = 0; b < rows; b++) {
    const item = items[b % items.length];
    checkItem(item, shape);
    const first = items[(b - (b % prompts)) % items.length];
    if (first.image !== item.image)
      throw new Error(
        `batch: ${item.id} (${item.className}): its image is another than ${first.id}'s, with which it shares a place`,
      );
    fillTarget(out.target, item, b, shape.side);
    if (b % prompts === 0) fillImage(out.image, item, b / prompts, shape.side, mean);
    out.points.set(item.points, b * shape.points * 2);
    out.labels.set(item.labels, b * shape.points);
    if (shape.maskSide) fillMask(out, item, b, shape.maskSide ** 2);
  }
}

function fillMask(out: BatchArrays, item: TrainItem, b: number, plane: number): void {
  out.masked[b] = item.maskInput ? 1 : 0;
  if (item.maskInput) out.mask.set(item.maskInput, b * plane);
  else out.mask.fill(0, b * plane, (b + 1) * plane);
}

function fillTarget(out: BatchArrays['target'], { mask, inputSize: [h, w] }: TrainItem, b: number, side: number): void {
  const plane = side * side;
  const target = out.subarray(b * plane, (b + 1) * plane);
  if (h < side || w < side) target.fill(-1);
  for (let y = 0; y < h; y++) for (let p = y * side; p < y * side + w; p++) target[p] = mask[p];
}

function fillImage(out: BatchArrays['image'], item: TrainItem, i: number, side: number, mean: readonly number[]): void {
  const plane = side * side;
  const { image } = item;
  const [h, w] = item.inputSize;
  const [red, green, blue] = [0, 1, 2].map((c) => out.subarray((3 * i + c) * plane, (3 * i + c + 1) * plane));
  if (h < side || w < side) for (const [c, channel] of [red, green, blue].entries()) channel.fill(mean[c]);
  // On the way of every step: one pass, plain typed arrays.
  for (let y = 0; y < h; y++) {
    for (let p = y * side; p < y * side + w; p++) {
      red[p] = image[3 * p];
      green[p] = image[3 * p + 1];
      blue[p] = image[3 * p + 2];
    }
  }
}

function hasObject({ mask, inputSize: [h, w] }: TrainItem, side: number): boolean {
  for (let y = 0; y < h; y++) if (mask.subarray(y * side, y * side + w).includes(1)) return true;
  return false;
}

function checkItem(item: TrainItem, { side, points, depth, maskSide }: BatchShape): void {
  const fail = (what: string): never => {
    throw new Error(`${item.id} (${item.className}): ${what}`);
  };
  const [h, w] = item.inputSize;
  if (!(h >= 1 && w >= 1 && h <= side && w <= side)) fail(`input of ${w} × ${h} pixels, expected at most ${side}²`);
  const want: [string, ArrayLike<number>, number][] = [
    ['image', item.image, 3 * side * side],
    ['mask', item.mask, side * side],
    ['points', item.points, 2 * points],
    ['labels', item.labels, points],
  ];
  if (item.maskInput) {
    if (!maskSide) fail('it has a mask prompt, but the step was made without (`maskPrompts`)');
    want.push(['mask prompt', item.maskInput, maskSide * maskSide]);
  }
  for (const [name, array, length] of want) {
    if (array.length !== length) fail(`${name} has ${array.length} values, expected ${length}`);
  }
  if (!hasObject(item, side)) {
    if (depth === 1) fail('the mask is empty at this size; leave the object out or use a larger input');
    if (item.labels.includes(1))
      fail('a slice without the object has a point on the object; its labels must be −1 or 0');
  }
  for (let i = 0; i < points; i++) {
    const [x, y] = [item.points[2 * i], item.points[2 * i + 1]];
    if (item.labels[i] === -1) continue;
    if (!(x >= -0.5 && y >= -0.5 && x <= w && y <= h)) {
      fail(`prompt point ${i} (${x}, ${y}) lies outside the input of ${w} × ${h} pixels`);
    }
  }
}
