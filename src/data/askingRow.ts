/** Rows of a batch that only ask: an image in the model's frame with a prompt, and no mask to compare with. */
import { type Prompt, packPrompts, type Size } from '../models/sam/prompt';
import type { TrainItem } from '../train/trainItem';

/** The frame of an image, ready to be prompted. */
export type Frame = Pick<TrainItem, 'image' | 'inputSize'>;

/**
 * A row of a batch that only asks: its mask says nothing (rows must show an object somewhere). Points and box are in pixels of the
 * original; both null: no prompt, labels −1. Throws in words for a prompt outside the image.
 */
export function askingRow(frame: Frame, original: Size, prompt: Prompt | null, tokens: number): TrainItem {
  const side = Math.sqrt(frame.image.length / 3);
  const points = new Float32Array(2 * tokens);
  const labels = new Float32Array(tokens).fill(-1);
  if (prompt) {
    const packed = packPrompts([prompt], original, [...frame.inputSize], [1, 1]);
    points.set(packed.points);
    labels.set(packed.labels);
  }
  return { id: 'image', className: 'object', ...frame, mask: new Uint8Array(side * side).fill(1), points, labels };
}

/** Tokens that a prompt takes: its points, and the corners of its box or else SAM's padding point. */
export const tokensOfPrompt = ({
  points,
  box,
}: {
  readonly points: readonly unknown[];
  readonly box: readonly number[] | null;
}): number => points.length + (box ? 2 : 1);
