/** The mask of a slice carried to its neighbour: one step of propagation. */
import type { Prompt } from '../../models/sam/prompt';
import type { Prompt as CasePrompt } from '../document/document';
import { packMask, unpackMask } from '../document/runs';
import { wantsThree } from '../maskChoice';
import type { ArgsOf } from '../protocol';
import type { CallContext } from '../rpc';
import type { Carried, CarryWay } from '../volumeProtocol';
import { type Desk, keptAt } from './decode';
import { carriedPrompt, withoutSpecks } from './maskPrompt';
import { embed, type Model } from './model';

/** Embeds the slice (or finds its embedding) and asks for the mask there by what its neighbour looks like. Rejects where the neighbour's mask is empty. */
export function carryTo(desk: Desk, a: ArgsOf<'carry'>, context: CallContext): Promise<Carried | null> {
  return desk.inTurn(a.which, async () => {
    if (context.signal.aborted) return null;
    const c = desk.cases.get(a.at.case);
    const model = desk.model(a.which);
    const picture = desk.pictures.at(c, a.at, desk.base.info.imgSize);
    await embed(model, picture, () => keptAt(desk, c, a.at, a.which));
    const side = 4 * model.sam.config.promptEncoder.imageEmbeddingSize[0];
    const before = withoutSpecks(unpackMask(a.from), picture.original);
    let best: Carried | null = null;
    // Small models lose the object with one prompt and keep it with another.
    for (const way of a.by === 'auto' ? WAYS : [a.by]) {
      const prompt = carriedPrompt(before, picture.original, side, a.own, way);
      const found = await ask(model, prompt, three(model, a.own), before);
      if (!best || found.overlap > best.overlap) best = found;
      if (a.own || found.overlap >= SAME) break;
    }
    return best;
  });
}

/** On real volumes small bases keep an object longer by these than by its mask as a prompt. */
const WAYS: readonly CarryWay[] = ['box', 'box+click', 'click'];

/** IoU with the neighbour from which on no other way is tried. */
const SAME = 0.6;

/**
 * Three masks, of which the neighbour tells the right one: much better than the one mask for bases, even with a box. Adapters are trained on
 * the one mask; a prompt of several clicks means it, too.
 */
const three = ({ which }: Pick<Model, 'which'>, own: CasePrompt | null): boolean =>
  own ? wantsThree('auto', own, which) : which === 'base';

/** Of the model's masks, the one that overlaps most with the neighbour's. */
async function ask({ predictor }: Model, prompt: Prompt, multimask: boolean, before: Uint8Array): Promise<Carried> {
  const { masks, iou, n, size } = await predictor.predict(prompt, multimask);
  const length = before.length;
  const all = Array.from({ length: n }, (_, i): Carried => {
    // Specks would widen the next box.
    const mask = withoutSpecks(masks.subarray(i * length, (i + 1) * length), size);
    return { mask: packMask(mask), score: iou[i], overlap: overlapOf(mask, before) };
  });
  return all.reduce((best, c) => (c.overlap > best.overlap ? c : best));
}

/** Intersection over union of two masks of equal length; 0 when both are empty. */
export function overlapOf(a: Uint8Array, b: Uint8Array): number {
  let [both, either] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    if (a[i] && b[i]) both++;
    if (a[i] || b[i]) either++;
  }
  return either ? both / either : 0;
}
