// From slabs to the rows of a 3-D batch: one prompt per slice, none on a slice without the object. What stands where in
// a run follows from seed and step alone.
import type { TrainItem } from '../train/trainItem';
import { type Rng, rng } from './rng';
import type { Slab, SlabSlice } from './slabs';
import { type BatchPlan, drawnAt, fixedPrompt, promptObject, promptTokens } from './trainItems';

/** A slice without the object: no prompt, all labels −1. */
function unprompted(slice: SlabSlice, prompt: string): TrainItem {
  const tokens = promptTokens(prompt);
  return { ...slice, points: new Float32Array(2 * tokens), labels: new Float32Array(tokens).fill(-1) };
}

/**
 * The D rows of a slab, each slice with a prompt of its own; `random` is asked for a generator per slice, `maskSide` is that
 * of mask prompts.
 */
export function promptSlab(slab: Slab, prompt: string, random: (slice: SlabSlice) => Rng, maskSide = 0): TrainItem[] {
  return slab.slices.map((s) => (s.absent ? unprompted(s, prompt) : promptObject(s, prompt, random(s), maskSide)));
}

/** For measuring: the same prompts in every run and in every slab that a slice belongs to. */
export function evaluationSlab(slab: Slab, prompt: string, maskSide = 0): TrainItem[] {
  const random = (s: SlabSlice) => rng(0, 'evaluation prompt', s.id, s.className);
  return promptSlab(slab, fixedPrompt(prompt), random, maskSide);
}

/** Rows (batch · D) of step t = 0, 1, …: all slabs in an order shuffled anew for each pass, each time with new prompts. */
export function slabBatchAt(slabs: readonly Slab[], plan: BatchPlan, t: number): TrainItem[] {
  const { seed, prompt, maskSide } = plan;
  return drawnAt(slabs, plan, t).flatMap(({ item, at }) => {
    const random = rng(seed, 'prompt', at);
    return promptSlab(item, prompt, (s) => random.fork(s.slice, s.repeated ? 1 : 0), maskSide);
  });
}
