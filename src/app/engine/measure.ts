import type { Rgb8 } from '../../models/sam/predictor';
import type { Prompt } from '../../models/sam/prompt';
import { maskScore } from '../../train/metrics/overlap';
import type { TrainItem } from '../../train/trainItem';
import type { Model } from './model';

/**
 * Dice of `model` on every item, in their order: with the predictor that serves clicks, so nothing more has to be compiled. `exclusive` keeps
 * clicks out while an item is measured, and lets them in between two.
 */
export async function measure(
  model: Model,
  items: readonly TrainItem[],
  exclusive: <T>(work: () => Promise<T>) => Promise<T>,
  report: (done: number, total: number) => void,
): Promise<number[]> {
  const dice: number[] = [];
  for (const item of items) {
    dice.push(await exclusive(() => measureItem(model, item)));
    report(dice.length, items.length);
  }
  return dice;
}

async function measureItem(model: Model, item: TrainItem): Promise<number> {
  const [height, width] = item.inputSize;
  const side = Math.sqrt(item.mask.length);
  const key = `held out ${item.id}@${model.version}`;
  if (model.shown !== key) {
    model.shown = null;
    await model.predictor.setImage(cropped(item.image, side, width, height), [height, width]);
    model.shown = key;
  }
  const { masks } = await model.predictor.predict(promptOfItem(item), false);
  const truth = Uint8Array.from(masks, (_, i) => item.mask[Math.floor(i / width) * side + (i % width)]);
  return maskScore(masks, truth).dice;
}

/** The image within its frame of side × side. */
function cropped(frame: Uint8Array, side: number, width: number, height: number): Rgb8 {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) data.set(frame.subarray(y * side * 3, (y * side + width) * 3), y * width * 3);
  return { width, height, data };
}

/** Tokens of an item as a prompt: the padding is left out (the predictor adds SAM's own), box corners become a box. */
export function promptOfItem({ points, labels }: Pick<TrainItem, 'points' | 'labels'>): Prompt {
  const tokens = Array.from(labels, (label, i) => ({ label, x: points[2 * i], y: points[2 * i + 1] }));
  const clicks = tokens.filter((t) => t.label === 0 || t.label === 1);
  const [first] = tokens.filter((t) => t.label === 2);
  const [last] = tokens.filter((t) => t.label === 3);
  return {
    points: clicks.map((t) => [t.x, t.y] as const),
    labels: clicks.map((t) => t.label),
    ...(first && last ? { box: [first.x, first.y, last.x, last.y] as const } : {}),
  };
}
