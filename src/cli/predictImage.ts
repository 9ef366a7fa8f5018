import { askingRow, type Frame, tokensOfPrompt } from '../data/askingRow';
import type { Predict } from '../data/experiment/experimentData';
import type { RgbImage } from '../data/image';
import { resizeLogits } from '../data/resample';
import { frameImage } from '../data/trainItems';
import type { Prompt, Size } from '../models/sam/prompt';
import type { Evaluated } from '../train/evaluator';
import type { ObjectPrompt } from './predictPrompts';

/** What was found of one object. */
export interface Found {
  readonly name: string;
  readonly value: number;
  /** The model's own estimate of its overlap with the truth; null for a volume. */
  readonly score: number | null;
  readonly logits: Float32Array;
}

/** Logits of the frame as logits of the original: the padding cut off, enlarged as SAM does. */
export function logitsToImage(
  { logits }: Pick<Evaluated, 'logits'>,
  frame: Frame,
  [height, width]: Size,
): Float32Array {
  const side = Math.sqrt(logits.length);
  const [h, w] = frame.inputSize;
  const shown = new Float32Array(h * w);
  for (let y = 0; y < h; y++) shown.set(logits.subarray(y * side, y * side + w), y * w);
  return resizeLogits({ width: w, height: h, data: shown }, width, height).data;
}

/** The objects of an image by their prompts; without any, the one at its centre. */
export async function predictImage(
  image: RgbImage,
  side: number,
  prompts: readonly ObjectPrompt[] | null,
  predict: Predict,
): Promise<Found[]> {
  const frame = frameImage(image, side);
  const size: Size = [image.height, image.width];
  const centre: ObjectPrompt = {
    name: 'object',
    points: [[(image.width - 1) / 2, (image.height - 1) / 2]],
    labels: [1],
    box: null,
  };
  const out: Found[] = [];
  for (const [i, object] of (prompts ?? [centre]).entries()) {
    const row = askingRow(frame, size, flatPrompt(object), tokensOfPrompt(object));
    const [result] = await predict([row]);
    out.push({ name: object.name, value: i + 1, score: result.score, logits: logitsToImage(result, frame, size) });
  }
  return out;
}

/** The prompt in two dimensions. Throws where it has three. */
function flatPrompt({ name, points, labels, box }: ObjectPrompt): Prompt {
  if (points.some((p) => p.length !== 2) || (box && box.length !== 4))
    throw new Error(`${name}: its prompt has three coordinates, but this is an image; give x,y`);
  return {
    points: points.map(([x, y]) => [x, y]),
    labels,
    ...(box ? { box: box as [number, number, number, number] } : {}),
  };
}
