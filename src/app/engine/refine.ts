import type { GpuLogits, Prediction } from '../../models/sam/predictor';
import type { ViewConfig } from '../configs';
import type { Prompt } from '../document/document';
import { promptBefore, wantsThree } from '../maskChoice';
import { type Model, predict } from './model';
import type { Picture } from './picture';

/** A small answer, kept: the mask prompt of the click that follows. */
type Kept = Pick<Prediction, 'n' | 'iou' | 'lowRes'>;

/** Answers that are kept for a model; those unused for longest go first. */
const MAX_KEPT = 48;

const answers = new WeakMap<Model, Map<string, Kept>>();

/** How a prompt with several clicks is answered. */
export interface Refinement {
  readonly masks: ViewConfig['masks'];
  readonly onGpu?: (logits: GpuLogits) => void;
}

/**
 * Masks for a prompt, click by click as SAM was trained: each click after the first comes with the mask (logits at the
 * decoder's resolution) that the clicks before it gave. The answer depends on the prompt alone: what is not kept is
 * computed again.
 */
export async function refine(
  model: Model,
  picture: Picture,
  prompt: Prompt,
  { masks, onGpu }: Refinement,
): Promise<Prediction> {
  const before = promptBefore(prompt);
  const maskInput = before ? await maskOf(model, picture, before, masks) : null;
  const found = await predict(model, picture, prompt, wantsThree(masks, prompt, model.which), { onGpu, maskInput });
  keep(model, keyOf(model, picture, prompt, masks), found);
  return found;
}

/** Logits of the mask that a prompt gave: the chosen one, else the one with the best score. */
async function maskOf(
  model: Model,
  picture: Picture,
  prompt: Prompt,
  masks: ViewConfig['masks'],
): Promise<Float32Array> {
  const key = keyOf(model, picture, prompt, masks);
  const { n, iou, lowRes } = answers.get(model)?.get(key) ?? (await refine(model, picture, prompt, { masks }));
  const chosen = prompt.choice !== null && prompt.choice < n ? prompt.choice : iou.indexOf(Math.max(...iou));
  const side = lowRes.length / n;
  return lowRes.slice(chosen * side, (chosen + 1) * side);
}

function keyOf(model: Model, picture: Picture, { points, box }: Prompt, masks: string): string {
  return JSON.stringify([picture.id, model.version, masks, points.map((p) => [p.x, p.y, p.label, p.onto]), box]);
}

function keep(model: Model, key: string, { n, iou, lowRes }: Kept): void {
  const all = answers.get(model) ?? new Map<string, Kept>();
  answers.set(model, all);
  all.delete(key);
  all.set(key, { n, iou, lowRes });
  const [oldest] = all.keys();
  if (all.size > MAX_KEPT) all.delete(oldest);
}
