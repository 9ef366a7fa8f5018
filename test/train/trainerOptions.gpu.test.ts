// What the training step can do beside its default: every optimiser, sums over batches, moving average, hooks, rounds.
import { expect, test } from 'vitest';
import type { TrainingHooks } from '../../src/adapters/adapter';
import { openGpu } from '../../src/gpu/device';
import { assign } from '../../src/ops/plumbing';
import { add, mul, scale, square } from '../../src/ops/pointwise';
import { mean, sum } from '../../src/ops/reduce';
import { reshape } from '../../src/ops/view';
import { type Leaf, leafTensor } from '../../src/tensor/tensor';
import { TRAIN_DEFAULTS, type TrainConfig } from '../../src/train/trainConfig';
import { makeTrainer, type StepResult, type Trainer } from '../../src/train/trainer';
import type { TrainItem } from '../../src/train/trainItem';
import { QUICK, SIDE, tinyConfig, tinyItem, uploadedSam } from './tiny';

const gpu = await openGpu();
const SLOT = 'image_encoder.blocks.0.MLP_Adapter.D_fc2.weight';

/** Four items of step t. */
const four = (t: number) => [0, 1, 2, 3].map((k) => tinyItem(4 * t + k));
const steps = (trainer: Trainer, from: number, to: number, items = four): Promise<StepResult[]> =>
  Promise.all(Array.from({ length: to - from }, (_, i) => trainer.run(items(from + i))));

async function fresh(
  changes: Partial<TrainConfig>,
  hooks?: (model: Awaited<ReturnType<typeof uploadedSam>>) => TrainingHooks[],
) {
  const sam = await uploadedSam(gpu);
  return makeTrainer(gpu, sam, { ...tinyConfig, ...changes }, QUICK, hooks?.(sam));
}

/** A penalty on one weight, and a state that sums step number · |gradient|² of it. */
const hooked = (sam: Awaited<ReturnType<typeof uploadedSam>>): TrainingHooks[] => {
  const leaf: Leaf = { kind: 'state', name: 'watched', shape: [1], dtype: 'f32' };
  return [
    {
      penalty: () => scale(mean(square(sam.params.tensor(SLOT))), 3),
      update: (gradient, t) => [
        assign(leafTensor(leaf), add(leafTensor(leaf), mul(t, reshape(sum(square(gradient(SLOT))), [1])))),
      ],
      state: [leaf],
    },
  ];
};

/** Every optimiser and option occurs once. */
const RUNS: Record<string, [Partial<TrainConfig>, typeof hooked?]> = {
  'sgd, sums of two batches, moving average, clipping, cosine, hooks, augmentation': [
    {
      ...{ optimiser: 'sgd', accumulate: 2, ema: 0.8, clip: 0.5, schedule: 'cosine', lr: 0.05, decay: 'all' },
      augment: { flipX: 0.5, flipY: 0.5, rotate: 90, scale: 0.3, shift: 0.1, contrast: 0.2, brightness: 9, noise: 4 },
    },
    hooked,
  ],
  'adam, three masks, IoU head, a random correction, focal + Dice, falling in steps': [
    {
      ...{ optimiser: 'adam', batch: 4, multimask: true, iouWeight: 1, rounds: 1, click: 'random', loss: 'focal+dice' },
      ...{ schedule: 'step', every: 3, posWeight: 2 },
    },
  ],
};

for (const [name, [changes, hooks]] of Object.entries(RUNS)) {
  test(`10 steps, saved, resumed for 10 more = 20 steps, bit for bit: ${name}`, async () => {
    const whole = await fresh(changes, hooks);
    const curve = await steps(whole, 0, 20);
    expect(curve.every((r) => Number.isFinite(r.loss))).toBe(true);
    const end = await whole.readState();
    const first = await fresh(changes, hooks);
    await steps(first, 0, 10);
    const saved = await first.readState();
    first.destroy();
    const second = await fresh(changes, hooks);
    second.writeState(saved);
    expect(await steps(second, 10, 20)).toEqual(curve.slice(10));
    expect(await second.readState()).toEqual(end);
    expect(Object.values(end.vectors).every((v) => v.some((x) => x !== 0))).toBe(true);
    for (const t of [whole, second]) t.destroy();
  });
}

test('two prompts of an image, encoded once, are two rows with that image; measuring is the same', async () => {
  const config = { optimiser: 'sgd', lr: 0.05, warmup: 0 } as const;
  const [rows, shared] = [await fresh({ ...config, batch: 2 }), await fresh({ ...config, batch: 1, prompts: 2 })];
  const first = tinyItem(0);
  const items = [first, { ...tinyItem(1), image: first.image }];
  const [a, b] = [await steps(rows, 0, 3, () => items), await steps(shared, 0, 3, () => items)];
  a.forEach((r, i) => {
    expect(b[i].loss).toBeCloseTo(r.loss, 5);
    expect(Math.abs(b[i].norm - r.norm)).toBeLessThan(1e-4 * r.norm);
  });
  expect(shared.plan.flops).toBeLessThan(0.8 * rows.plan.flops);
  const three = [4, 5, 6].map(tinyItem);
  const diceOf = async (t: Trainer) => (await t.evaluate(three)).map((r) => r.dice);
  expect(await diceOf(shared)).toEqual(await diceOf(rows));
  await expect(shared.run([first, tinyItem(1)])).rejects.toThrow('its image is another');
  for (const t of [rows, shared]) t.destroy();
});

test('two batches of two are one of four', async () => {
  const config = { optimiser: 'sgd', lr: 0.05, weightDecay: 0.1, warmup: 0 } as const;
  const [one, two] = [await fresh({ ...config, batch: 4 }), await fresh({ ...config, batch: 2, accumulate: 2 })];
  const [a, b] = [await steps(one, 0, 5), await steps(two, 0, 5)];
  a.forEach((r, i) => {
    expect(b[i].loss).toBeCloseTo(r.loss, 5);
    expect(Math.abs(b[i].norm - r.norm)).toBeLessThan(1e-4 * r.norm);
  });
  const [p, q] = [(await one.readState()).p, (await two.readState()).p];
  expect(Math.max(...p.map((v, i) => Math.abs(v - q[i])))).toBeLessThan(1e-6);
  // It did move.
  const start = await (await fresh({ ...config, batch: 4 })).readState();
  expect(Math.max(...p.map((v, i) => Math.abs(v - start.p[i])))).toBeGreaterThan(1e-3);
  await expect(two.run(Array(5).fill(tinyItem(0)))).rejects.toThrow('5 items for 4 rows; give 1 to 4');
  for (const t of [one, two]) t.destroy();
});

test('the moving average is what is evaluated and given; the parameters go on as without it', async () => {
  const [plain, averaged] = [await fresh({}), await fresh({ ema: 0.75 })];
  const average = Float64Array.from((await plain.readState()).p);
  for (let t = 0; t < 4; t++) {
    await steps(plain, t, t + 1, (k) => four(k).slice(0, 2));
    await steps(averaged, t, t + 1, (k) => four(k).slice(0, 2));
    const { p } = await plain.readState();
    p.forEach((v, i) => {
      average[i] += 0.25 * (v - average[i]);
    });
  }
  const [lastEvaluation] = await averaged.evaluate([tinyItem(9)]);
  const state = await averaged.readState();
  expect(state.p).toEqual((await plain.readState()).p);
  expect(Math.max(...state.vectors.ema.map((v, i) => Math.abs(v - average[i])))).toBeLessThan(1e-6);
  const trained = await averaged.readTrained();
  expect(trained.get(SLOT)).not.toEqual((await plain.readTrained()).get(SLOT));
  // A model whose parameters are that average predicts the same.
  plain.writeState({ ...(await plain.readState()), p: state.vectors.ema });
  expect((await plain.evaluate([tinyItem(9)]))[0].logits).toEqual(lastEvaluation.logits);
  for (const t of [plain, averaged]) t.destroy();
});

test('a hook adds its penalty to the loss, sees gradient and step number, and begins at zero in every trainer', async () => {
  const sam = await uploadedSam(gpu);
  const hooks = hooked(sam);
  const trainer = await makeTrainer(gpu, sam, { ...tinyConfig, optimiser: 'sgd', momentum: 0, lr: 1e-6 }, QUICK, hooks);
  const plain = await fresh({ optimiser: 'sgd', momentum: 0, lr: 1e-6 });
  const start = await trainer.readState();
  const slot = sam.params.layout().slots.find((s) => s.name === SLOT)!;
  for (let i = 0; i < slot.length; i++) start.p[slot.offset + i] = 0.01 * (i % 7);
  const values = start.p.slice(slot.offset, slot.offset + slot.length);
  trainer.writeState(start);
  plain.writeState({ ...start, vectors: { m: start.vectors.m } });
  const items = [tinyItem(0), tinyItem(1)];
  const [mine, other] = [await trainer.run(items), await plain.run(items)];
  const penalty = (3 * values.reduce((s, v) => s + v * v, 0)) / slot.length;
  expect(mine.loss - other.loss).toBeCloseTo(penalty, 5);
  const once = (await trainer.readState()).vectors['hook.0.watched'][0];
  expect(once).toBeGreaterThan(0);
  await trainer.run(items);
  // The second step has the same gradient but for a tiny change, and counts twice.
  expect((await trainer.readState()).vectors['hook.0.watched'][0] / once).toBeCloseTo(3, 2);
  const again = await makeTrainer(gpu, sam, { ...tinyConfig, optimiser: 'sgd' }, QUICK, hooks);
  expect((await again.readState()).vectors['hook.0.watched'][0]).toBe(0);
  for (const t of [trainer, plain, again]) t.destroy();
});

/** The item seen in a mirror. */
function mirrored(item: TrainItem): TrainItem {
  const flip = (a: Uint8Array, n: number) =>
    a.map((_, i) => a[(Math.floor(i / n / SIDE) * SIDE + SIDE - 1 - (Math.floor(i / n) % SIDE)) * n + (i % n)]);
  const points = Float32Array.of(SIDE - 1 - item.points[0], item.points[1], 0, 0);
  return { ...item, image: flip(item.image, 3), mask: flip(item.mask, 1), points };
}

test('augmentation moves image, target and prompt together, and leaves the items as they are', async () => {
  const items = [tinyItem(0), tinyItem(1)];
  const kept = structuredClone(items);
  const changes = { augment: { ...TRAIN_DEFAULTS.augment, flipX: 1 }, clip: 1 };
  const [plain, changed] = [await fresh({ clip: 1 }), await fresh(changes)];
  const [a, b] = [await plain.run(items.map(mirrored)), await changed.run(items)];
  expect(b.loss).toBeCloseTo(a.loss, 5);
  expect(b.norm).toBeCloseTo(a.norm, 4);
  expect((await fresh({ clip: 1 }).then((t) => t.run(items))).loss).not.toBeCloseTo(a.loss, 4);
  expect(items).toEqual(kept);
  // Evaluation sees the items themselves.
  changed.writeState(await plain.readState());
  expect((await changed.evaluate(items))[0].logits).toEqual((await plain.evaluate(items))[0].logits);
  for (const t of [plain, changed]) t.destroy();
});

test('a state of another optimiser is refused in words', async () => {
  const [a, b] = [await fresh({}), await fresh({ optimiser: 'sgd', ema: 0.5 })];
  const state = await b.readState();
  expect(() => a.writeState(state)).toThrow('has ema, m beside the parameters, expected m, v');
  for (const t of [a, b]) t.destroy();
});
