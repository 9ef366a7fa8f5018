import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { linear } from '../../src/ops/matmul';
import { matmulKernels } from '../../src/ops/matmulKernels';
import type { MatmulAttrs } from '../../src/ops/matmulProduct';
import { relu } from '../../src/ops/pointwise';
import { compile } from '../../src/plan/compile';
import type { Outputs, PlanOptions } from '../../src/plan/plan';
import { tune } from '../../src/plan/tune';
import { recallTuned, tunedAtStart } from '../../src/plan/tuneAtStart';
import type { Tuned } from '../../src/plan/tuned';
import { defineOp } from '../../src/tensor/op';
import { apply, input } from '../../src/tensor/tensor';
import { noise } from '../harness/array64';

const gpu = await openGpu();
const quick = { rounds: 1, us: 100 };
const step = (): Outputs => ({ outputs: { y: relu(linear(input('x', [24, 16]), input('w', [20, 16]))) } });
const data = { x: Float32Array.from(noise(24 * 16, 1)), w: Float32Array.from(noise(20 * 16, 2)) };

async function replays(options: PlanOptions): Promise<{ variant: string; ys: Float32Array[] }> {
  const made = await compile(gpu, step, options);
  const ys = [];
  for (let i = 0; i < 2; i++) {
    made.run(data);
    ys.push(await made.read('y'));
  }
  made.destroy();
  return { variant: made.plan.list[0].kernel.variant, ys };
}

test('a tuned step computes the same, replays bit-equal, and every candidate left its evidence', async () => {
  const tuned = await tune(gpu, [step], quick);
  const [[key, answer]] = Object.entries(tuned.answers);
  expect(Object.keys(tuned.answers)).toHaveLength(1);
  for (const t of answer.timings) {
    expect(t.refused).toBeUndefined();
    expect(t.us).toBeGreaterThan(0);
    expect(t.error).toBeLessThan(1e-5);
  }
  const plain = await replays({ variants: { matmul: 'naive' } });
  for (const winner of new Set([answer.winner, 'tile8'])) {
    const made = await replays({ tuned: { ...tuned, answers: { [key]: { ...answer, winner } } } });
    expect(made.variant).toBe(winner);
    expect(made.ys[1]).toEqual(made.ys[0]);
    made.ys[0].forEach((v, i) => {
      expect(Math.abs(v - plain.ys[0][i])).toBeLessThan(1e-5);
    });
  }
  // What is known is not measured again.
  const again = await tune(gpu, [step], { ...quick, known: tuned, onAnswer: () => expect.fail('measured again') });
  expect(again).toEqual(tuned);
});

test('wrong candidates are refused by name: too short a sum, results left unwritten', async () => {
  const product = defineOp<MatmulAttrs>({
    name: 'product',
    infer: ([a, b]) => ({ shape: [1, 1, a.shape[2], b.shape[3]], dtype: 'f32' }),
    kernels: (q) => {
      const naive = matmulKernels(q).find((k) => k.variant === 'naive')!;
      const short = { ...naive, variant: 'short', consts: { ...naive.consts, K: 8 } };
      return [short, { ...naive, variant: 'hole', grid: [1, 1, 1] as const }, naive];
    },
  });
  const build = () => ({
    outputs: { y: apply(product, [input('a', [1, 1, 16, 16]), input('b', [1, 1, 16, 16])], { heads: 1 }) },
  });
  const [answer] = Object.values((await tune(gpu, [build], quick)).answers);
  expect(answer.winner).toBe('naive');
  expect(answer.guess).toBe('short');
  const refused = Object.fromEntries(answer.timings.map((t) => [t.variant, t.refused ?? '']));
  expect(refused.short).toMatch(/^wrong: deviates by \d/);
  expect(refused.hole).toMatch(/^wrong: deviates by Infinity/);
  expect(refused.naive).toBe('');
});

test('measurements are made once, kept, and made anew for other shaders', async () => {
  let kept: Tuned | null = null;
  const store = {
    load: async () => kept,
    save: async (t: Tuned) => {
      kept = t;
    },
  };
  expect((await tunedAtStart(gpu, step, store)).measured).toBe(1);
  expect((await tunedAtStart(gpu, step, store)).measured).toBe(0);
  kept = { ...kept!, shaders: 'old' };
  expect((await tunedAtStart(gpu, step, store)).measured).toBe(1);
});

test('what is recalled of a device serves every plan compiled on it, unless a plan says otherwise', async () => {
  const own = await openGpu();
  const tuned = await tune(own, [step], quick);
  const [[key, answer]] = Object.entries(tuned.answers);
  const winner = answer.timings.map((t) => t.variant).find((v) => v !== answer.guess)!;
  const store = { load: async () => ({ ...tuned, answers: { [key]: { ...answer, winner } } }), save: async () => {} };
  const chosen = async (options: PlanOptions) => {
    const made = await compile(own, step, options);
    made.destroy();
    return made.plan.list[0].kernel.variant;
  };
  expect(await chosen({})).toBe(answer.guess);
  expect((await recallTuned(own, store))?.measured).toBe(0);
  expect(await chosen({})).toBe(winner);
  expect(await chosen({ variants: { matmul: answer.guess } })).toBe(answer.guess);
  own.destroy();
  expect(await recallTuned(gpu, null)).toBeNull();
});

test('a light measurement leaves kernels with workgroup memory uncompiled and says so', async () => {
  const large = (): Outputs => ({ outputs: { y: linear(input('x', [64, 64]), input('w', [64, 64])) } });
  const before = gpu.created.pipelines;
  const [answer] = Object.values((await tune(gpu, [large], { ...quick, light: true })).answers);
  const untried = answer.timings.filter((t) => t.refused?.startsWith('not tried'));
  expect(untried.length).toBeGreaterThan(0);
  expect(untried.every((t) => t.variant.startsWith('wg'))).toBe(true);
  expect(gpu.created.pipelines - before).toBe(answer.timings.length - untried.length);
});

test('few candidates of a question leave the others for a full search', async () => {
  const [few] = Object.values((await tune(gpu, [step], { ...quick, most: 2 })).answers);
  const tried = few.timings.filter((t) => !t.refused).map((t) => t.variant);
  expect(tried).toHaveLength(2);
  expect(tried).toContain('naive');
  expect(few.timings.length).toBeGreaterThan(2);
});
