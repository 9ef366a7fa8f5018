/**
 * The parts of SAM's automatic mask generator that are arithmetic: points to ask at, how good a mask is, which of many
 * masks are the same. Source: segment_anything/utils/amg.py and automatic_mask_generator.py. No GPU.
 */
import { resizedSize, type Size } from '../models/sam/prompt';
import { resizeLogits } from './resample';

/** x0, y0, x1, y1: the first and the last pixel of a mask. */
export type MaskBox = readonly [number, number, number, number];

/** n × n points spread evenly over an image of `size` (rows, columns), row by row, as (x, y). Source: build_point_grid. */
export function pointGrid(n: number, [rows, columns]: Size): [x: number, y: number][] {
  const at = (i: number, extent: number) => ((i + 0.5) / n) * extent;
  return Array.from({ length: n * n }, (_, i) => [at(i % n, columns), at(Math.floor(i / n), rows)]);
}

/**
 * IoU of the masks that logits give at thresholds `threshold` ± `offset`: near 1 where the border is sharp; 0 where both are empty.
 * Over `length` logits from `from` on. Source: calculate_stability_score.
 */
export function stabilityScore(
  logits: ArrayLike<number>,
  { from = 0, length = logits.length, threshold = 0, offset = 1 } = {},
): number {
  let [high, low] = [0, 0];
  for (let i = from; i < from + length; i++) {
    if (logits[i] > threshold + offset) high++;
    if (logits[i] > threshold - offset) low++;
  }
  return low ? high / low : 0;
}

/** Logits of the decoder, square, → logits of an image of `original` size (rows, columns). Source: Sam.postprocess_masks. */
export function enlargeMask(low: Float32Array, imgSize: number, original: Size): Float32Array {
  const side = Math.sqrt(low.length);
  const full = resizeLogits({ width: side, height: side, data: low }, imgSize, imgSize).data;
  const [h, w] = resizedSize(original, imgSize);
  const cut = new Float32Array(h * w);
  for (let y = 0; y < h; y++) cut.set(full.subarray(y * imgSize, y * imgSize + w), y * w);
  return resizeLogits({ width: w, height: h, data: cut }, original[1], original[0]).data;
}

/** Box around a mask's pixels; null where it has none. Source: batched_mask_to_box. */
export function maskBox(mask: ArrayLike<number>, width: number): MaskBox | null {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -1, -1];
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i]) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    y1 = y;
  }
  return y1 < 0 ? null : [x0, y0, x1, y1];
}

/** IoU of two boxes by the distances of their corners, as torchvision counts: 0 where both are points or lines. */
export function boxIou(a: MaskBox, b: MaskBox): number {
  const area = (c: MaskBox) => (c[2] - c[0]) * (c[3] - c[1]);
  const [w, h] = [0, 1].map((k) => Math.max(0, Math.min(a[k + 2], b[k + 2]) - Math.max(a[k], b[k])));
  const both = w * h;
  return both > 0 ? both / (area(a) + area(b) - both) : 0;
}

/** Indices of the boxes that stay, best score first: those that overlap a better one by more than `threshold` go. Source: torchvision.ops.nms. */
export function nms(boxes: readonly MaskBox[], scores: readonly number[], threshold: number): number[] {
  const order = boxes.map((_, i) => i).sort((i, j) => scores[j] - scores[i]);
  const kept: number[] = [];
  for (const i of order) if (!kept.some((k) => boxIou(boxes[k], boxes[i]) > threshold)) kept.push(i);
  return kept;
}
