import { expect, test } from 'vitest';
import {
  type AllocationConfig,
  allocateRanks,
  budgetAt,
  ledgerOf,
  type Triplets,
} from '../../src/adapters/rankAllocation';
import { openGpu } from '../../src/gpu/device';
import { initialValues, normal } from '../../src/nn/init';
import { param } from '../../src/nn/module';
import { makeParams } from '../../src/nn/params';
import { readParams, uploadParams } from '../../src/nn/paramsIo';
import { compile } from '../../src/plan/compile';
import { readLeaf } from '../../src/plan/leaves';
import { input } from '../../src/tensor/tensor';

const schedule = { totalSteps: 8, initialWarmup: 1, finalWarmup: 2, interval: 1 };

test('the budget stays, falls by a cubic law, and stays', () => {
  const budgets = Array.from({ length: 9 }, (_, i) => budgetAt(i + 1, schedule, 24, 12).budget);
  expect(budgets).toEqual([24, 18, 14, 12, 12, 12, 12, 12, 12]);
  expect(budgetAt(1, schedule, 24, 12).enforced).toBe(false);
  const rare = { ...schedule, totalSteps: 20, interval: 4 };
  expect([2, 3, 4, 5, 8, 19, 20].map((t) => Number(budgetAt(t, rare, 24, 12).enforced))).toEqual([0, 0, 1, 0, 1, 1, 1]);
});

/** Two layers of one shape and one of another; small enough for a reference written out. */
const layers: Triplets[] = [
  { path: 'one', rank: 3, inDim: 5, outDim: 4 },
  { path: 'two', rank: 3, inDim: 5, outDim: 4 },
  { path: 'wide', rank: 3, inDim: 7, outDim: 2 },
];
const names = layers.flatMap((l) => ['A', 'E', 'B'].map((k) => `${l.path}.lora_${k}`));
const config: AllocationConfig = { ...schedule, beta1: 0.8, beta2: 0.6, target: 3 };

function parameters() {
  const params = makeParams();
  for (const { path, rank, inDim, outDim } of layers) {
    const build = { params, path, adapter: 'adalora' };
    param(build, 'lora_A', [rank, inDim], normal(1));
    param(build, 'lora_E', [rank, 1], normal(1));
    param(build, 'lora_B', [outDim, rank], normal(1));
  }
  return params;
}

/** The allocation in float64, written element by element. */
function reference(w: Map<string, number[]>) {
  const zeros = () => new Map([...w].map(([n, v]) => [n, v.map(() => 0)]));
  const [mean, spread] = [zeros(), zeros()];
  return (t: number, g: Map<string, Float32Array>) => {
    if (t < 6) {
      for (const [n, v] of w) {
        for (const [i, x] of v.entries()) {
          const now = Math.abs(x * g.get(n)![i]);
          mean.get(n)![i] = 0.8 * mean.get(n)![i] + 0.2 * now;
          spread.get(n)![i] = 0.6 * spread.get(n)![i] + 0.4 * Math.abs(now - mean.get(n)![i]);
        }
      }
    }
    const score = (n: string, i: number) => mean.get(n)![i] * spread.get(n)![i];
    const all = layers.flatMap(({ path, rank, inDim, outDim }) =>
      Array.from({ length: rank }, (_, r) => {
        let s = score(`${path}.lora_E`, r);
        for (let j = 0; j < inDim; j++) s += score(`${path}.lora_A`, r * inDim + j) / inDim;
        for (let j = 0; j < outDim; j++) s += score(`${path}.lora_B`, j * rank + r) / outDim;
        return { name: `${path}.lora_E`, r, s };
      }),
    );
    const { budget, enforced } = budgetAt(t, schedule, all.length, 3);
    const losers = enforced ? [...all].sort((a, b) => b.s - a.s).slice(budget) : [];
    for (const { name, r } of losers) w.get(name)![r] = 0;
  };
}

test('the same triplets are masked as by a reference, down to the budget; the means are state', async () => {
  const gpu = await openGpu();
  const params = parameters();
  const w = new Map<string, number[]>();
  for (const n of names) w.set(n, Array.from(await params.values(n)));
  await uploadParams(params, gpu);
  const ledger = ledgerOf(layers, 'test');
  const step = await compile(gpu, () => {
    const gradient = (n: string) => input(`g ${n}`, params.get(n).shape);
    const { effects, keep, scores, budget } = allocateRanks(params, ledger, config, gradient, input('t', [1]));
    return { outputs: { keep, scores, budget }, effects };
  });
  const follow = reference(w);
  const left: number[] = [];
  for (let t = 1; t <= 8; t++) {
    const g = new Map(names.map((n) => [n, initialValues(normal(1), params.get(n).shape, n, t)]));
    step.run({ ...Object.fromEntries([...g].map(([n, v]) => [`g ${n}`, v])), t: Float32Array.of(t) });
    follow(t, g);
    const now = await readParams(params, gpu, names);
    for (const n of names) expect(Array.from(now.get(n)!), `${n} after step ${t}`).toEqual(w.get(n));
    left.push(names.reduce((s, n) => s + (n.endsWith('_E') ? now.get(n)!.filter((x) => x !== 0).length : 0), 0));
  }
  expect(left).toEqual([9, 6, 4, 3, 3, 3, 3, 3]);
  const before = await readLeaf(gpu, ledger.importance);
  expect(before.some((x) => x > 0)).toBe(true);
  step.run({ t: Float32Array.of(9) });
  expect(await readLeaf(gpu, ledger.importance)).toEqual(before);
  step.destroy();
});
