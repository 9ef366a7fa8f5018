import type { Params } from '../nn/params';
import { assign, pack, scaleAt } from '../ops/plumbing';
import { abs, add, equal, greater, greaterScalar, minimum, mul, scale, sub, where } from '../ops/pointwise';
import { mean, sum } from '../ops/reduce';
import { concat, reshape, slice } from '../ops/view';
import { constant, type Leaf, leafTensor, type Tensor } from '../tensor/tensor';

/**
 * AdaLoRA's allocation of ranks, all of it on the GPU. Every change of a weight is a sum of triplets (a column of B, a number
 * of E, a row of A). Running means say how important each triplet is; as the budget falls, the E of the least important ones
 * over all layers is set to zero. Source: Zhang et al. 2023, §3.
 */

/** When the budget falls, in steps. */
export interface RankSchedule {
  readonly totalSteps: number;
  /** Steps before the budget begins to fall. */
  readonly initialWarmup: number;
  /** Steps at the end during which the budget is what it shall be. */
  readonly finalWarmup: number;
  /** The budget is enforced every so many steps. */
  readonly interval: number;
}

/** Triplets that may be left after step `t` (from 1), falling from `from` to `to` by a cubic law; `enforced`: masked now. */
export function budgetAt(t: number, s: RankSchedule, from: number, to: number): { budget: number; enforced: boolean } {
  if (t <= s.initialWarmup) return { budget: from, enforced: false };
  if (t > s.totalSteps - s.finalWarmup) return { budget: to, enforced: true };
  const left = 1 - (t - s.initialWarmup) / (s.totalSteps - s.finalWarmup - s.initialWarmup);
  return { budget: Math.trunc(to + (from - to) * left ** 3), enforced: t % s.interval === 0 };
}

/** The three parameters of one layer: `PATH.lora_A` [rank, inDim], `.lora_E` [rank, 1], `.lora_B` [outDim, rank]. */
export interface Triplets {
  readonly path: string;
  readonly rank: number;
  readonly inDim: number;
  readonly outDim: number;
}

/** Where every parameter's elements lie in the flat running means. */
export interface Ledger {
  /** Layers of equal shape, side by side. */
  readonly groups: readonly {
    readonly layers: readonly Triplets[];
    readonly a: number;
    readonly b: number;
    readonly e: number;
  }[];
  readonly total: number;
  /** Running mean of the importance |w·g| and of how far it strays from it; both start at zero. */
  readonly importance: Leaf;
  readonly uncertainty: Leaf;
}

const ALIGN = 64;
const aligned = (n: number) => Math.ceil(n / ALIGN) * ALIGN;

/** Lays out the running means of `layers`; `name` tells the leaves of several attachments apart. */
export function ledgerOf(layers: readonly Triplets[], name: string): Ledger {
  const alike = new Map<string, Triplets[]>();
  for (const l of layers) {
    const key = `${l.rank} ${l.inDim} ${l.outDim}`;
    alike.set(key, [...(alike.get(key) ?? []), l]);
  }
  let total = 0;
  const take = (n: number) => {
    const at = total;
    total += n;
    return at;
  };
  const groups = [...alike.values()].map((of) => {
    const [{ rank, inDim, outDim }] = of;
    const room = (n: number) => take(of.length * aligned(n));
    return { layers: of, a: room(rank * inDim), b: room(rank * outDim), e: room(rank) };
  });
  const leaf = (what: string): Leaf => ({
    kind: 'state',
    name: `adalora.${what} ${name}`,
    shape: [total],
    dtype: 'f32',
  });
  return { groups, total, importance: leaf('importance'), uncertainty: leaf('uncertainty') };
}

/** Name, offset and length of every parameter's part of the running means. */
export function entriesOf({
  groups,
}: Ledger): { readonly name: string; readonly offset: number; readonly length: number }[] {
  return groups.flatMap(({ layers, ...at }) =>
    layers.flatMap(({ path, rank, inDim, outDim }, i) => {
      const entry = (kind: 'a' | 'b' | 'e', length: number) => ({
        name: `${path}.lora_${kind.toUpperCase()}`,
        offset: at[kind] + i * aligned(length),
        length,
      });
      return [entry('a', rank * inDim), entry('b', rank * outDim), entry('e', rank)];
    }),
  );
}

/** How the running means forget, and the budget. */
export interface AllocationConfig extends RankSchedule {
  readonly beta1: number;
  readonly beta2: number;
  /** Triplets left in the end, over all layers. */
  readonly target: number;
}

/** One step's decision: scores and `keep` (1 or 0) [n] of all triplets, the budget [], and the effects that carry it out. */
export interface Allocation {
  readonly scores: Tensor;
  readonly keep: Tensor;
  readonly budget: Tensor;
  readonly effects: readonly Tensor[];
}

/**
 * Step `t` [1] of the allocation from parameters and their gradients as they are now. The effects belong after the
 * optimiser's: it is the updated E that is set to zero.
 */
export function allocateRanks(
  params: Params,
  ledger: Ledger,
  config: AllocationConfig,
  gradient: (name: string) => Tensor,
  t: Tensor,
): Allocation {
  const means = runningMeans(params, ledger, config, gradient, t);
  const scores = tripletScores(ledger, mul(means.importance, means.uncertainty));
  const [n] = scores.shape;
  const budget = budgetTensor(t, config, n);
  const keep = greater(reshape(budget, [1]), placesFromTop(scores));
  return { scores, keep, budget, effects: [...means.effects, maskEffect(params, ledger, keep)] };
}

function runningMeans(
  params: Params,
  ledger: Ledger,
  { beta1, beta2, ...s }: AllocationConfig,
  gradient: (name: string) => Tensor,
  t: Tensor,
) {
  const entries = entriesOf(ledger);
  const parts = entries.map(({ name }) => abs(mul(params.tensor(name), gradient(name))));
  const now = pack(
    parts,
    entries.map((e) => e.offset),
    ledger.total,
  );
  // In the final phase the ranks stand, and with them what they were chosen by.
  const done = greaterScalar(t, s.totalSteps - s.finalWarmup - 0.5);
  const move = (leaf: Leaf, value: Tensor, beta: number) =>
    where(done, leafTensor(leaf), add(scale(leafTensor(leaf), beta), scale(value, 1 - beta)));
  const { importance, uncertainty } = ledger;
  const mean1 = move(importance, now, beta1);
  const mean2 = move(uncertainty, abs(sub(now, mean1)), beta2);
  const effects = [assign(leafTensor(importance), mean1), assign(leafTensor(uncertainty), mean2)];
  return { importance: mean1, uncertainty: mean2, effects };
}

/** Score of E plus the mean scores of its row of A and its column of B, [n]: layer by layer, group by group. */
function tripletScores({ groups }: Ledger, scores: Tensor): Tensor {
  const perGroup = groups.map(({ layers, a, b, e }) => {
    const [{ rank, inDim, outDim }] = layers;
    const part = (at: number, length: number, shape: readonly number[]) => {
      const rows = reshape(slice(scores, 0, at, layers.length * aligned(length)), [layers.length, aligned(length)]);
      return reshape(slice(rows, 1, 0, length), [layers.length, ...shape]);
    };
    const ofA = mean(part(a, rank * inDim, [rank, inDim]), [2]);
    const ofB = mean(part(b, rank * outDim, [outDim, rank]), [1]);
    return reshape(add(part(e, rank, [rank]), add(ofA, ofB)), [layers.length * rank]);
  });
  return concat(perGroup, 0);
}

/** How many others are better, [n] → [n]; of equals the earlier is. A count of comparisons: n is a few thousand at most. */
function placesFromTop(scores: Tensor): Tensor {
  const [n] = scores.shape;
  const ids = constant(
    Float32Array.from({ length: n }, (_, i) => i),
    [n],
    'positions',
  );
  const [own, other] = [
    [n, 1],
    [1, n],
  ];
  const better = greater(reshape(scores, other), reshape(scores, own));
  const earlier = mul(
    equal(reshape(scores, other), reshape(scores, own)),
    greater(reshape(ids, own), reshape(ids, other)),
  );
  return sum(add(better, earlier), [1]);
}

/** The budget of step t [1] out of a table, []; all n where none is enforced. After the last step it stays. */
function budgetTensor(t: Tensor, config: AllocationConfig, n: number): Tensor {
  const steps = config.totalSteps;
  const table = Float32Array.from({ length: steps }, (_, i) => {
    const { budget, enforced } = budgetAt(i + 1, config, n, config.target);
    return enforced ? budget : n;
  });
  const counted = constant(
    Float32Array.from(table, (_, i) => i + 1),
    [steps],
    'steps',
  );
  const now = minimum(t, constant([steps], [1], 'last step'));
  return sum(mul(equal(counted, now), constant(table, [steps], 'budgets')));
}

/** Sets the E of triplets that are not kept to zero, in the flat buffer of all parameters. */
function maskEffect(params: Params, { groups }: Ledger, keep: Tensor): Tensor {
  const { flat, slots } = params.layout();
  const offsets = new Map(slots.map((s) => [s.name, s.offset]));
  const index = groups.flatMap(({ layers }) =>
    layers.flatMap((l) => {
      const at = offsets.get(`${l.path}.lora_E`);
      if (at === undefined) throw new Error(`adalora: ${l.path}.lora_E does not train; ranks cannot be allocated`);
      return Array.from({ length: l.rank }, (_, i) => at + i);
    }),
  );
  return scaleAt(leafTensor(flat!), index, keep);
}
