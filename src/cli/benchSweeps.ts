import type { Task } from './benchWorkloads';

/** A sweep: one extent grows, everything else stays. */
export interface Sweep {
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  readonly points: readonly { readonly x: number; readonly task: Task }[];
}

/** Powers of two from `low` to `high`. */
function doublings(low: number, high: number): number[] {
  const out: number[] = [];
  for (let v = low; v <= high; v *= 2) out.push(v);
  return out;
}

const VIT = { dim: 192, heads: 3, blocks: 4, bottleneck: 48 };

function sweep(id: string, title: string, axis: string, xs: readonly number[], task: (x: number) => Task): Sweep {
  return { id, title, axis, points: xs.map((x) => ({ x, task: task(x) })) };
}

/** All sweeps. */
export const SWEEPS: readonly Sweep[] = [
  sweep('tokens-forward', 'forward', 'tokens', doublings(64, 4096), (tokens) => ({
    kind: 'vit',
    work: 'forward',
    size: { ...VIT, tokens },
  })),
  sweep('tokens-adapters', 'adapter step', 'tokens', doublings(64, 4096), (tokens) => ({
    kind: 'vit',
    work: 'adapters',
    size: { ...VIT, tokens },
  })),
  sweep('batch', 'adapter step, 196 tokens', 'batch', doublings(1, 16), (batch) => ({
    kind: 'vit',
    work: 'adapters',
    size: { ...VIT, tokens: 196, batch },
  })),
  sweep('width', 'adapter step, 196 tokens', 'adapter width', doublings(4, 256), (bottleneck) => ({
    kind: 'vit',
    work: 'adapters',
    size: { ...VIT, tokens: 196, bottleneck },
  })),
  sweep('depth', 'SD-Trans step of sam-nano, one volume', 'slices D', doublings(1, 16), (depth) => ({
    kind: 'slab',
    depth,
  })),
];

/** Names of the sweeps. */
export const SWEEP_IDS = SWEEPS.map((s) => s.id);
