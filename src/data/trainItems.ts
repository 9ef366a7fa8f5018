// From labelled images to what training takes: every object in the frame of the model's input, with a prompt. Which
// object stands where in a run follows from seed and step alone, so a run can be taken up anywhere.
import type { TrainItem } from '../train/trainItem';
import type { RgbImage } from './image';
import { promptKind, roughMask, samplePrompt, tokensOfKind } from './promptKinds';
import { preprocessShape, resizeBytes } from './resample';
import { type Rng, rng } from './rng';

/** One object of one image in the frame of the model's input, before it is prompted. */
export interface FramedObject {
  /** Of the case: several objects may share it. */
  readonly id: string;
  readonly className: string;
  /** side × side × 3; zeros beyond `inputSize`. */
  readonly image: Uint8Array;
  /** Rows and columns of the image within the frame. */
  readonly inputSize: readonly [number, number];
  /** side × side, 1 on the object. */
  readonly mask: Uint8Array;
}

/** Bytes of height × width × channels at the top left of a side × side frame of zeros. */
function framed(data: Uint8Array, height: number, width: number, side: number): Uint8Array {
  const channels = data.length / (width * height);
  const out = new Uint8Array(side * side * channels);
  const row = width * channels;
  for (let y = 0; y < height; y++) out.set(data.subarray(y * row, (y + 1) * row), y * side * channels);
  return out;
}

/** Resizes an image so that its longer side is `side`, as SAM does. */
export function frameImage(image: RgbImage, side: number): Pick<FramedObject, 'image' | 'inputSize'> {
  const [h, w] = preprocessShape(image.height, image.width, side);
  return { image: framed(resizeBytes(image, w, h).data, h, w, side), inputSize: [h, w] };
}

/** The same for a binary mask: a pixel of the frame belongs to the object when at least half of what it covers does. */
export function frameMask(mask: Uint8Array, width: number, height: number, side: number): Uint8Array {
  const [h, w] = preprocessShape(height, width, side);
  const bytes = mask.map((v) => (v ? 255 : 0));
  const small = resizeBytes({ width, height, data: bytes }, w, h).data.map((v) => (v >= 128 ? 1 : 0));
  return framed(small, h, w, side);
}

/**
 * The objects of a labelled image in the model's frame. Those that have no pixel there (absent classes, specks that
 * vanish in resizing) come back by name in `lost`.
 */
export function frameObjects(
  id: string,
  image: RgbImage,
  objects: readonly { readonly name: string; readonly mask: Uint8Array }[],
  side: number,
): { readonly objects: FramedObject[]; readonly lost: string[] } {
  const frame = frameImage(image, side);
  const all = objects.map((o) => ({
    id,
    className: o.name,
    ...frame,
    mask: frameMask(o.mask, image.width, image.height, side),
  }));
  const seen = (o: FramedObject) => o.mask.includes(1);
  return { objects: all.filter(seen), lost: all.filter((o) => !seen(o)).map((o) => o.className) };
}

/** Prompt tokens that a row takes, SAM's padding point included. `Error` for a prompt that is unknown. */
export function promptTokens(prompt: string): number {
  return tokensOfKind(promptKind(prompt));
}

/** The mask without the frame's padding, h × w. */
function shownMask({ mask, inputSize: [h, w] }: FramedObject): Uint8Array {
  const side = Math.sqrt(mask.length);
  if (w === side) return mask.subarray(0, h * w);
  const shown = new Uint8Array(h * w);
  for (let y = 0; y < h; y++) shown.set(mask.subarray(y * side, y * side + w), y * w);
  return shown;
}

/** True when a prompt brings a mask: the step then needs `maskPrompts`. `Error` for a prompt that is unknown. */
export function promptHasMask(prompt: string): boolean {
  return promptKind(prompt).mask;
}

/**
 * The object with a prompt drawn from `random`; 'center' and 'box' need none. Coordinates are in pixels of the frame. A mask
 * prompt has maskSide² logits (a quarter of the frame's side for patches of 16: the decoder's 4 × 4 a token).
 */
export function promptObject(o: FramedObject, prompt: string, random: Rng, maskSide = 0): TrainItem {
  const [h, w] = o.inputSize;
  const drawn = samplePrompt(prompt, shownMask(o), w, h, random);
  const tokens = promptTokens(prompt);
  const points = new Float32Array(2 * tokens);
  const labels = new Float32Array(tokens).fill(-1);
  points.set(drawn.points);
  labels.set(drawn.labels);
  if (!promptHasMask(prompt)) return { ...o, points, labels };
  if (!maskSide)
    throw new Error(`prompt '${prompt}': the side of the mask prompt must be given (4 · image side / patch)`);
  return { ...o, points, labels, maskInput: roughMask(o.mask, Math.sqrt(o.mask.length), maskSide, random) };
}

/** The prompt that stands for `prompt` in measuring: its one point becomes the object's centre. */
export const fixedPrompt = (prompt: string): string => prompt.replace(/(^|\+)point-1(?=\+|$)/, '$1center');

/**
 * For measuring: prompts that stay the same from run to run. One point is the object's centre (its pixel farthest from the outside), a
 * tight box is itself, everything else is drawn by the object's name.
 */
export function evaluationItems(objects: readonly FramedObject[], prompt: string, maskSide = 0): TrainItem[] {
  const fixed = fixedPrompt(prompt);
  return objects.map((o) => promptObject(o, fixed, rng(0, 'evaluation prompt', o.id, o.className), maskSide));
}

/** What decides which items a step gets. */
export interface BatchPlan {
  readonly seed: number;
  /** Objects; with `prompts`, images. */
  readonly batch: number;
  /** Rows of each image; 1 unless given. */
  readonly prompts?: number;
  readonly prompt: string;
  /** Side of mask prompts, where the prompt has one. */
  readonly maskSide?: number;
}

/**
 * What stands in the `batch` places of step t: all of `list` in an order shuffled anew for each pass over it; `at` numbers
 * the places of the whole run.
 */
export function drawnAt<T>(list: readonly T[], { seed, batch }: BatchPlan, t: number): { item: T; at: number }[] {
  const n = list.length;
  const orders = new Map<number, T[]>();
  const order = (pass: number): T[] => {
    const found = orders.get(pass) ?? rng(seed, 'order', pass).shuffle([...list]);
    orders.set(pass, found);
    return found;
  };
  return Array.from({ length: batch }, (_, k) => {
    const at = t * batch + k;
    return { item: order(Math.floor(at / n))[at % n], at };
  });
}

/**
 * Items of step t = 0, 1, …: all objects in an order shuffled anew for each pass over them, each time with a new prompt. With `prompts`,
 * images come in such an order, each with so many rows: its objects in turn, those of a crowded image by chance.
 */
export function batchAt(objects: readonly FramedObject[], plan: BatchPlan, t: number): TrainItem[] {
  const { seed, prompts = 1, prompt, maskSide } = plan;
  if (prompts > 1)
    return drawnAt(byImage(objects), plan, t).flatMap(({ item, at }) => {
      const order = rng(seed, 'objects', at).shuffle([...item]);
      const row = (k: number) => rng(seed, 'prompt', at * prompts + k);
      return Array.from({ length: prompts }, (_, k) => promptObject(order[k % order.length], prompt, row(k), maskSide));
    });
  return drawnAt(objects, plan, t).map(({ item, at }) => promptObject(item, prompt, rng(seed, 'prompt', at), maskSide));
}

/** Objects that share an image, in the order of their first ones. */
function byImage(objects: readonly FramedObject[]): FramedObject[][] {
  const out = new Map<Uint8Array, FramedObject[]>();
  for (const o of objects) out.set(o.image, [...(out.get(o.image) ?? []), o]);
  return [...out.values()];
}
