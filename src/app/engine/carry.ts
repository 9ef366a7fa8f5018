/** The mask of a slice carried to its neighbour: one step of propagation. */
import type { Prompt } from '../../models/sam/prompt';
import { LEAST_AREA, LEAST_OVERLAP } from '../carryOn';
import { areaOf, packMask, unpackMask } from '../document/runs';
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
      const found = await ask(model, carriedPrompt(before, picture.original, side, a.own, way), before);
      if (!best || found.overlap > best.overlap) best = found;
      if (a.own || (found.overlap >= LEAST_OVERLAP && areaOf(found.mask) >= LEAST_AREA)) break;
    }
    return best;
  });
}

const WAYS: readonly CarryWay[] = ['box', 'box+click', 'mask+box+click'];

async function ask({ predictor }: Model, prompt: Prompt, before: Uint8Array): Promise<Carried> {
  const { masks, iou, n, size } = await predictor.predict(prompt, false);
  if (n !== 1) throw new Error(`carry: the model gave ${n} masks, expected 1`);
  // Specks would widen the next box.
  const mask = withoutSpecks(masks, size);
  return { mask: packMask(mask), score: iou[0], overlap: overlapOf(mask, before) };
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
