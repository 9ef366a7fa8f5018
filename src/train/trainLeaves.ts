import type { TrainingHooks } from '../adapters/adapter';
import type { Gpu } from '../gpu/device';
import type { Layout } from '../nn/params';
import { SCALE_STATE } from '../ops/lossScale';
import { bindLeaf, copyLeaf, freeLeaf, readLeaf } from '../plan/leaves';
import { numel } from '../tensor/shape';
import type { Leaf } from '../tensor/tensor';
import { scaleStart, scales } from './lossScaling';
import { momentLeaves } from './optimiser';
import type { TrainConfig } from './trainConfig';

/** What a trainer keeps on the GPU beside the parameters. */
export interface TrainLeaves {
  /** Of the optimiser, by name. */
  readonly moments: ReadonlyMap<string, Leaf>;
  /** Moving average of the parameters. */
  readonly ema: Leaf | null;
  /** Scale and counts of loss scaling, and how they begin; null where nothing is scaled. */
  readonly scaling: { readonly leaf: Leaf; readonly start: Float32Array<ArrayBuffer> } | null;
  /** Of the hooks, by name. */
  readonly hooks: ReadonlyMap<string, Leaf>;
  /** 1 from the first step on whose loss or gradient was no finite number: from then on nothing is updated. */
  readonly halted: Leaf;
  /** Sums over the batches of a step; null where a step is one batch. */
  readonly sums: { readonly gradient: Leaf; readonly loss: Leaf } | null;
  /** Where the parameters wait while their average is evaluated. */
  readonly aside: Leaf | null;
}

/** New leaves for a flat vector of `total` parameters. Throws when two hooks' states have one name. */
export function trainLeaves(config: TrainConfig, total: number, hooks: readonly TrainingHooks[] = []): TrainLeaves {
  const leaf = (name: string, n: number): Leaf => ({ kind: 'state', name, shape: [n], dtype: 'f32' });
  const states = hooks.flatMap((h, i) => (h.state ?? []).map((s): [string, Leaf] => [`hook.${i}.${s.name}`, s]));
  const named = new Map(states);
  if (named.size < states.length) throw new Error('train: two states of one adapter have the same name');
  const average = config.ema !== null;
  return {
    moments: momentLeaves(config, total),
    ema: average ? leaf('ema', total) : null,
    scaling: scales(config) ? { leaf: leaf('lossScale', SCALE_STATE), start: scaleStart(config.lossScale) } : null,
    hooks: named,
    halted: leaf('halted', 1),
    sums: config.accumulate > 1 ? { gradient: leaf('gradient', total), loss: leaf('loss', 1) } : null,
    aside: average ? leaf('aside', total) : null,
  };
}

/** The leaves that a run continues from beside the parameters, by the name they are saved under. */
export function savedLeaves(leaves: TrainLeaves): Map<string, Leaf> {
  const { moments, ema, scaling, hooks } = leaves;
  return new Map([
    ...moments,
    ...(ema ? [['ema', ema] as const] : []),
    ...(scaling ? [['lossScale', scaling.leaf] as const] : []),
    ...hooks,
  ]);
}

/** Fills them for step 1: zeros, and the average is the parameters as they are on `gpu`. */
export function startLeaves(gpu: Gpu, layout: Layout, leaves: TrainLeaves): void {
  for (const l of [...leaves.moments.values(), ...leaves.hooks.values()]) {
    bindLeaf(gpu, l, new Float32Array(numel(l.shape)));
  }
  if (leaves.scaling) bindLeaf(gpu, leaves.scaling.leaf, leaves.scaling.start);
  if (leaves.ema) copyLeaf(gpu, layout.flat!, leaves.ema);
}

/** Their values now, by name. */
export async function readLeaves(gpu: Gpu, leaves: TrainLeaves): Promise<Record<string, Float32Array<ArrayBuffer>>> {
  const out: Record<string, Float32Array<ArrayBuffer>> = {};
  for (const [name, leaf] of savedLeaves(leaves)) out[name] = (await readLeaf(gpu, leaf)) as Float32Array<ArrayBuffer>;
  return out;
}

/** Runs `f` while the parameters are their moving average, where there is one. */
export async function withAverage<T>(gpu: Gpu, layout: Layout, leaves: TrainLeaves, f: () => Promise<T>): Promise<T> {
  const { ema, aside } = leaves;
  if (!ema || !aside) return f();
  copyLeaf(gpu, layout.flat!, aside);
  copyLeaf(gpu, ema, layout.flat!);
  try {
    return await f();
  } finally {
    copyLeaf(gpu, aside, layout.flat!);
  }
}

/** Runs `f` while the trained parameters are `p` (null: as they are); then they are again what they were. */
export async function withOthers<T>(
  gpu: Gpu,
  { flat }: Layout,
  p: Float32Array | null,
  f: () => Promise<T>,
): Promise<T> {
  if (!p) return f();
  const kept: Leaf = { kind: 'state', name: 'aside', shape: flat!.shape, dtype: 'f32' };
  copyLeaf(gpu, flat!, kept);
  bindLeaf(gpu, flat!, p);
  try {
    return await f();
  } finally {
    copyLeaf(gpu, kept, flat!);
    freeLeaf(gpu, kept);
  }
}

/** Frees everything but the parameters. */
export function freeLeaves(gpu: Gpu, leaves: TrainLeaves): void {
  const { sums, aside, halted } = leaves;
  for (const l of [...savedLeaves(leaves).values(), halted, aside, sums?.gradient, sums?.loss]) if (l) freeLeaf(gpu, l);
}
