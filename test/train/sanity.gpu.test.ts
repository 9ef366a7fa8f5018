import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { findRate, overfitOneBatch, steepest } from '../../src/train/sanity';
import { makeTrainer } from '../../src/train/trainer';
import { QUICK, tinyBatch, tinyConfig, tinyItem, uploadedSam } from './tiny';

const gpu = await openGpu();
const sam = await uploadedSam(gpu, 3, 'decoder');
const trainer = await makeTrainer(gpu, sam, { ...tinyConfig, lr: 1e-2, warmup: 0 }, QUICK);

test('one item is learnt by heart, and afterwards the trainer stands where it stood', async () => {
  const start = await trainer.readState();
  const told: number[] = [];
  const items = [tinyItem(0)];
  const { curve, before, after, passed } = await overfitOneBatch(trainer, items, {
    steps: 40,
    wanted: 0.7,
    onStep: (r) => told.push(r.loss),
  });
  expect(told).toEqual(curve.map((r) => r.loss));
  expect(curve[39].loss).toBeLessThan(0.5 * curve[0].loss);
  expect(after[0].dice).toBeGreaterThan(before[0].dice + 0.3);
  expect(passed).toBe(true);
  expect(await trainer.readState()).toEqual(start);
  const few = await overfitOneBatch(trainer, items, { steps: 40, wanted: 0.999, stop: () => true });
  expect([few.curve.length, few.passed]).toEqual([0, false]);
});

test('rates that are too small do nothing, good ones help, large ones ruin it', async () => {
  const start = await trainer.readState();
  const { points, suggested, diverged } = await findRate(trainer, tinyBatch, { from: 1e-6, to: 1e4, steps: 40 });
  expect(points[0].lr).toBeCloseTo(1e-6, 12);
  expect(suggested).toBeGreaterThan(1e-5);
  expect(suggested).toBeLessThan(1);
  expect(diverged).toBeGreaterThan(suggested!);
  expect(await trainer.readState()).toEqual(start);
  // And it trains on.
  expect(Number.isFinite((await trainer.run(tinyBatch(0))).loss)).toBe(true);
  trainer.writeState(start);
  await expect(findRate(trainer, tinyBatch, { steps: 3 })).rejects.toThrow('at least 5 steps');
});

test('the steepest descent over the logarithm of the rate', () => {
  const curve = (...smooth: number[]) => smooth.map((s, i) => ({ lr: 10 ** i, loss: s, smooth: s }));
  expect(steepest(curve(5, 4.9, 4, 2, 1.9, 9))).toBe(100);
  expect(steepest(curve(1, 2, 3, 4))).toBe(null);
});
