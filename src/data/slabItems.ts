// From slabs to the rows of a 3-D batch: one prompt per slice, none on a slice without the object. What stands where in
// a run follows from seed and step alone.
import type { TrainItem } from '../train/trainItem';
import { type Rng, rng } from './rng';
import type { Slab, SlabSlice } from './slabs';
import { type BatchPlan, promptObject, promptTokens } from './trainItems';

/** A slice without the object: no prompt, all labels −1. */
function unprompted(slice: SlabSlice, prompt: string): TrainItem {
  const tokens = promptTokens(prompt);
  return { ...slice, points: new Float32Array(2 * tokens), labels: new Float32Array(tokens).fill(-1) };
}

/** The D rows of a slab, each slice with a prompt of its own; `random` is asked for a generator per slice. */
export function promptSlab(slab: Slab, prompt: string, random: (slice: SlabSlice) => Rng): TrainItem[] {
  return slab.slices.map((s) =>
    s.absent ? unprompted(s, prompt === 'center' ? 'point-1' : prompt) : promptObject(s, prompt, random(s)),
  );
}

/** For measuring: the same prompts in every run and in every slab that a slice belongs to. */
export function evaluationSlab(slab: Slab, prompt: string): TrainItem[] {
  const fixed = prompt === 'point-1' ? 'center' : prompt;
  return promptSlab(slab, fixed, (s) => rng(0, 'evaluation prompt', s.id, s.className));
}

/** Rows (batch · D) of step t = 0, 1, …: all slabs in an order shuffled anew for each pass, each time with new prompts. */
export function slabBatchAt(slabs: readonly Slab[], { seed, batch, prompt }: BatchPlan, t: number): TrainItem[] {
  const n = slabs.length;
  const orders = new Map<number, Slab[]>();
  const order = (pass: number): Slab[] => {
    const found = orders.get(pass) ?? rng(seed, 'order', pass).shuffle([...slabs]);
    orders.set(pass, found);
    return found;
  };
  return Array.from({ length: batch }, (_, k) => {
    const at = t * batch + k;
    const random = rng(seed, 'prompt', at);
    return promptSlab(order(Math.floor(at / n))[at % n], prompt, (s) => random.fork(s.slice, s.repeated ? 1 : 0));
  }).flat();
}
