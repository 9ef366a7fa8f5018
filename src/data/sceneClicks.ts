// The next round of interactive pretraining: a click where the last mask was wrong, and that mask as a prompt, as in SAM's
// own protocol. At the decoder's resolution; nothing here touches a GPU.
import type { Rng } from './rng';
import type { SceneBatch } from './sceneBatch';

/** What the model answered: logits [R, n, cells] and its own estimate of their IoU [R, n]. */
export interface Answer {
  readonly masks: Float32Array;
  readonly predicted: Float32Array;
}

/** A round's prompts: points [R, T, 2], labels [R, T], mask [R, cells] (logits). */
export interface Round {
  readonly points: Float32Array;
  readonly labels: Float32Array;
  readonly mask: Float32Array;
}

/**
 * Prompts with one token more than `last` has. The mask is the answer of highest predicted IoU among the three (token 0,
 * the single mask, after the first round); the click is drawn evenly from the cells where it is wrong, or from the
 * object where it is right everywhere. Clicks stand before box corners and SAM's padding point, as upstream orders them.
 */
export function nextRound(
  batch: Pick<SceneBatch, 'target'>,
  last: Pick<Round, 'points' | 'labels'>,
  answer: Answer,
  options: { readonly rows: number; readonly size: number; readonly first: boolean; readonly random: Rng },
): Round {
  const { rows, size, first, random } = options;
  const tokens = last.labels.length / rows;
  const n = answer.predicted.length / rows;
  const cells = batch.target.length / rows;
  const out: Round = {
    points: new Float32Array(2 * rows * (tokens + 1)),
    labels: new Float32Array(rows * (tokens + 1)),
    mask: new Float32Array(rows * cells),
  };
  for (let r = 0; r < rows; r++) {
    const chosen = first ? bestOf(answer.predicted, r * n + 1, n - 1) : r * n;
    const mask = answer.masks.subarray(chosen * cells, (chosen + 1) * cells);
    const target = batch.target.subarray(r * cells, (r + 1) * cells);
    out.mask.set(mask, r * cells);
    const { at, label } = wrongCell(mask, target, random);
    const grid = Math.sqrt(cells);
    const centre = (i: number) => ((i + 0.5) * size) / grid - 0.5;
    const labels = Array.from(last.labels.subarray(r * tokens, (r + 1) * tokens));
    const points = Array.from(last.points.subarray(2 * r * tokens, 2 * (r + 1) * tokens));
    const place = labels.filter((l) => l === 0 || l === 1).length;
    labels.splice(place, 0, label);
    points.splice(2 * place, 0, centre(at % grid), centre(Math.floor(at / grid)));
    out.labels.set(labels, r * (tokens + 1));
    out.points.set(points, 2 * r * (tokens + 1));
  }
  return out;
}

/** Index of the largest of `count` values from `from` on. */
function bestOf(values: Float32Array, from: number, count: number): number {
  let best = from;
  for (let i = from; i < from + count; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** A cell drawn from those where `mask` (logits) and `target` (coverage) disagree; 1 where the object was missed. */
function wrongCell(mask: Float32Array, target: Float32Array, random: Rng): { at: number; label: number } {
  const wrong: number[] = [];
  for (let i = 0; i < mask.length; i++) if (mask[i] > 0 !== target[i] >= 0.5) wrong.push(i);
  if (!wrong.length) for (let i = 0; i < mask.length; i++) if (target[i] >= 0.5) wrong.push(i);
  // An object thinner than a cell may fill no half of one: any cell that it touches will do.
  if (!wrong.length) wrong.push(target.indexOf(Math.max(...target)));
  const at = random.pick(wrong);
  return { at, label: target[at] >= 0.5 || !(mask[at] > 0) ? 1 : 0 };
}
