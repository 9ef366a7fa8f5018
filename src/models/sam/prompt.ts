/**
 * Prompts as people give them, and the fixed-size arrays that the model takes. Coordinates are (x, y) in pixels of the
 * original image here, in pixels of the resized one in `PromptArrays`. Nothing here touches a GPU.
 */

/** One object's prompt; at least one of points, box and mask, or none for "whatever is there". */
export interface Prompt {
  readonly points?: readonly (readonly [number, number])[];
  /** 1 object, 0 background, −1 ignore; one per point. */
  readonly labels?: readonly number[];
  /** x0, y0, x1, y1. */
  readonly box?: readonly [number, number, number, number];
  /** Logits of an earlier mask at the decoder's resolution, rows × columns. */
  readonly maskInput?: Float32Array;
}

/**
 * A batch of prompts with `tokens` points each; box corners are points with the labels 2 and 3, the rest is filled with
 * −1.
 */
export interface PromptArrays {
  readonly batch: number;
  readonly tokens: number;
  readonly points: Float32Array;
  readonly labels: Float32Array;
  readonly masks: Float32Array | null;
}

/** Rows and columns. */
export type Size = readonly [number, number];

/** Size after resizing so that the longer side is `target`. Source: ResizeLongestSide.get_preprocess_shape. */
export function resizedSize([h, w]: Size, target: number): Size {
  const scale = target / Math.max(h, w);
  return [Math.floor(h * scale + 0.5), Math.floor(w * scale + 0.5)];
}

/**
 * Coordinates (x, y), alternating, from the original image to the resized one. Source: ResizeLongestSide.apply_coords
 * and apply_boxes.
 */
export function resizeCoords(coords: ArrayLike<number>, original: Size, resized: Size): number[] {
  return Array.from(coords, (c, i) => c * (i % 2 === 0 ? resized[1] / original[1] : resized[0] / original[0]));
}

/**
 * Packs prompts of one image. As upstream, a padding point (label −1) follows the points of a prompt without a box;
 * shorter prompts are then
 * filled up with the same. Throws on prompts outside the image, labels without points, unknown labels, masks for some
 * prompts only.
 */
export function packPrompts(prompts: readonly Prompt[], original: Size, resized: Size, maskSize: Size): PromptArrays {
  if (!prompts.length) throw new Error('predict: no prompt; give at least one, {} for none at all');
  const rows = prompts.map((p, i) => tokensOf(p, `prompt ${i}`, original));
  const tokens = Math.max(...rows.map((r) => r.labels.length));
  const empty = rows.findIndex((r) => !r.labels.length);
  if (prompts.length > 1 && empty >= 0 && (tokens || !prompts[0].maskInput)) {
    throw new Error(
      `prompt ${empty} has neither points nor a box; predict it alone, a batch would fill it up with padding points`,
    );
  }
  const points = new Float32Array(prompts.length * tokens * 2);
  const labels = new Float32Array(prompts.length * tokens).fill(-1);
  for (const [i, row] of rows.entries()) {
    points.set(resizeCoords(row.coords, original, resized), i * tokens * 2);
    labels.set(row.labels, i * tokens);
  }
  return { batch: prompts.length, tokens, points, labels, masks: packMasks(prompts, maskSize) };
}

function tokensOf(p: Prompt, where: string, size: Size): { coords: number[]; labels: number[] } {
  const { points = [], labels = [], box } = p;
  if (points.length !== labels.length) {
    throw new Error(
      `${where}: ${points.length} points with ${labels.length} labels; every point needs a label (1 object, 0 background)`,
    );
  }
  for (const l of labels)
    if (l !== 0 && l !== 1 && l !== -1)
      throw new Error(`${where}: label ${l}; expected 1 (object), 0 (background) or -1 (ignore)`);
  for (const [i, [x, y]] of points.entries()) if (labels[i] !== -1) checkInside(`${where}: point ${i}`, x, y, size);
  const coords = points.flat();
  if (!box) return points.length ? { coords: [...coords, 0, 0], labels: [...labels, -1] } : { coords: [], labels: [] };
  checkInside(`${where}: box`, box[0], box[1], size);
  checkInside(`${where}: box`, box[2], box[3], size);
  if (box[2] < box[0] || box[3] < box[1])
    throw new Error(`${where}: box [${box}] is turned inside out; expected x0 ≤ x1 and y0 ≤ y1`);
  return { coords: [...coords, ...box], labels: [...labels, 2, 3] };
}

function checkInside(where: string, x: number, y: number, [h, w]: Size): void {
  if (x >= 0 && y >= 0 && x <= w && y <= h) return;
  throw new Error(
    `${where} (${x}, ${y}) lies outside the image of ${w} × ${h} pixels; coordinates are (x, y) in the original image`,
  );
}

function packMasks(prompts: readonly Prompt[], [h, w]: Size): Float32Array | null {
  const given = prompts.filter((p) => p.maskInput).length;
  if (!given) return null;
  if (given < prompts.length)
    throw new Error(`predict: ${given} of ${prompts.length} prompts have a mask input; give it to all or none`);
  const out = new Float32Array(prompts.length * h * w);
  for (const [i, { maskInput }] of prompts.entries()) {
    if (maskInput?.length !== h * w)
      throw new Error(`prompt ${i}: the mask input has ${maskInput?.length} values; expected ${h} × ${w} logits`);
    out.set(maskInput, i * h * w);
  }
  return out;
}
