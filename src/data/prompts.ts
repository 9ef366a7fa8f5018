// Prompts from masks: points, boxes, corrections. One object is one row of a batch, points (B,P,2) with labels (B,P), as in
// SAM: label 1 foreground, 0 background, 2 and 3 the corners of a box, -1 padding. Coordinates are (x, y) in input pixels,
// whole numbers at pixel centres (SAM's encoder adds the half). Not responsible for scaling to the model's input size,
// nor for correcting clicks, which `train/metrics/nextClick` finds.
import { tightBox } from '../train/metrics/box';
import { squaredDepths } from '../train/metrics/distance';
import { checkMask, emptyMask, grid } from '../train/metrics/grid';
import { drawPixels, firstMaximum, pixelsOf } from '../train/metrics/pixels';
import type { Rng } from './rng';

/** What is said about one object: x, y pairs and a label for each. */
export interface Prompt {
  points: number[];
  labels: number[];
}

/** Prompts of B objects, padded to P points each. */
export interface PackedPrompts {
  /** (B, P, 2), 0 where padded. */
  points: Float32Array;
  /** (B, P), -1 where padded. */
  labels: Int32Array;
  B: number;
  P: number;
}

/**
 * Foreground points of a mask: `count` different random pixels (fewer if the object is smaller), or with 'center' its most
 * inner pixel (largest distance to the outside, first in raster order). `Error` for an empty mask.
 */
export function pointPrompt(
  mask: ArrayLike<number>,
  width: number,
  height: number,
  how: 'center' | { rng: Rng; count?: number },
): Prompt {
  const on = grid([height, width]);
  checkMask('pointPrompt', mask, on);
  const pixels = pixelsOf(mask);
  if (pixels.length === 0) throw emptyMask('pointPrompt', on);
  const chosen =
    how === 'center' ? [firstMaximum(squaredDepths(mask, on))] : drawPixels(pixels, how.count ?? 1, how.rng);
  return { points: chosen.flatMap((p) => [p % width, Math.floor(p / width)]), labels: chosen.map(() => 1) };
}

/**
 * Background points: `count` different random background pixels, from within `margin` object sizes around the tight box
 * where there are any, else from anywhere. `Error` when the mask has no background or no foreground.
 */
export function negativePoints(
  mask: ArrayLike<number>,
  width: number,
  height: number,
  how: { rng: Rng; count?: number; margin?: number },
): Prompt {
  const [x0, y0, x1, y1] = tightBox(mask, width, height);
  const { rng, count = 1, margin = 0.5 } = how;
  const dx = margin * (x1 - x0 + 1);
  const dy = margin * (y1 - y0 + 1);
  const outside = Uint8Array.from(mask, (v) => (v ? 0 : 1));
  const near = outside.map((v, p) => {
    const x = p % width;
    const y = (p - x) / width;
    return v && x >= x0 - dx && x <= x1 + dx && y >= y0 - dy && y <= y1 + dy ? 1 : 0;
  });
  let pixels = pixelsOf(near);
  if (pixels.length === 0) pixels = pixelsOf(outside);
  if (pixels.length === 0)
    throw new Error(
      `negativePoints: the mask fills its ${width} x ${height} picture, so there is no background to point at`,
    );
  const chosen = drawPixels(pixels, count, rng);
  return { points: chosen.flatMap((p) => [p % width, Math.floor(p / width)]), labels: chosen.map(() => 0) };
}

/** Several prompts about one object as one, in order. */
export function joinPrompts(...prompts: Prompt[]): Prompt {
  return { points: prompts.flatMap((p) => p.points), labels: prompts.flatMap((p) => p.labels) };
}

/**
 * `Error` unless every point is a number inside the picture (0 <= x <= width, 0 <= y <= height) with a label
 * in -1..3, and box corners come in order. `name` says which prompt in the message. Padding points are not looked at.
 */
export function checkPrompt(prompt: Prompt, width: number, height: number, name = 'prompt'): void {
  const { points, labels } = prompt;
  if (points.length !== 2 * labels.length)
    throw new Error(`${name}: ${points.length} coordinates for ${labels.length} labels, expected two for each label`);
  labels.forEach((label, i) => {
    if (![-1, 0, 1, 2, 3].includes(label))
      throw new Error(
        `${name}: point ${i} has label ${label}, expected 1 (object), 0 (background), 2, 3 (box), -1 (none)`,
      );
    if (label === -1) return;
    const [x, y] = [points[2 * i], points[2 * i + 1]];
    const where = `${name}: point ${i} at (${x}, ${y})`;
    if (!Number.isFinite(x) || !Number.isFinite(y)) throw new Error(`${where} is not a pair of numbers`);
    if (x < 0 || y < 0 || x > width || y > height)
      throw new Error(`${where} lies outside the ${width} x ${height} image; give (x, y) in pixels of the image`);
    if (label === 3 && labels[i - 1] === 2 && (x < points[2 * i - 2] || y < points[2 * i - 1]))
      throw new Error(
        `${where} is the last corner of a box but lies before its first, (${points[2 * i - 2]}, ${points[2 * i - 1]})`,
      );
  });
}

/** Rows of a batch from a list of prompts, one object each, padded with label -1. `Error` for an empty list or odd lengths. */
export function packPrompts(list: readonly Prompt[]): PackedPrompts {
  if (list.length === 0) throw new Error('packPrompts: the list is empty, expected one prompt per object');
  const B = list.length;
  const P = list.reduce((most, p) => Math.max(most, p.labels.length), 1);
  const points = new Float32Array(B * P * 2);
  const labels = new Int32Array(B * P).fill(-1);
  list.forEach((prompt, b) => {
    if (prompt.points.length !== 2 * prompt.labels.length)
      throw new Error(
        `packPrompts: prompt ${b} has ${prompt.points.length} coordinates for ${prompt.labels.length} labels`,
      );
    const bad = prompt.points.findIndex((v) => !Number.isFinite(v));
    if (bad >= 0)
      throw new Error(`packPrompts: coordinate ${bad} of prompt ${b} is ${prompt.points[bad]}, expected a number`);
    points.set(prompt.points, b * P * 2);
    labels.set(prompt.labels, b * P);
  });
  return { points, labels, B, P };
}
