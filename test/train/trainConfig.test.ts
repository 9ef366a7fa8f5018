import * as v from 'valibot';
import { expect, test } from 'vitest';
import { itemsPerStep, rateOf, TRAIN_DEFAULTS, type TrainConfig, trainSchema } from '../../src/train/trainConfig';

const config = { ...TRAIN_DEFAULTS, lr: 0.1, warmup: 4, steps: 20 };

test('constant: rises over the warm-up, then stays, however long the run', () => {
  const rate = rateOf({ ...config, schedule: 'constant' });
  expect([0, 1, 2, 3, 4, 99].map(rate)).toEqual([0.1 / 5, (0.1 * 2) / 5, (0.1 * 3) / 5, (0.1 * 4) / 5, 0.1, 0.1]);
  const longer = rateOf({ ...config, schedule: 'constant', steps: 40 });
  for (let t = 0; t < 20; t++) expect(longer(t)).toBe(rate(t));
});

test('cosine: rises, falls to nothing at the end; a warm-up longer than the run is cut', () => {
  const rate = rateOf({ ...config, schedule: 'cosine' });
  expect(rate(0)).toBeCloseTo(0.02);
  expect(rate(12)).toBeCloseTo(0.05);
  expect(rate(20)).toBeCloseTo(0);
  expect(rateOf({ ...config, schedule: 'cosine', steps: 2, warmup: 10 })(1)).toBeGreaterThan(0);
});

test('step: falls by a factor every so often, after the same rise', () => {
  const rate = rateOf({ ...config, schedule: 'step', every: 10, gamma: 0.1, warmup: 0 });
  expect([0, 9, 10, 25].map(rate)).toEqual([0.1, 0.1, 0.1 * 0.1, 0.1 * 0.1 ** 2]);
});

test('cosine may end above nothing', () => {
  const rate = rateOf({ ...config, schedule: 'cosine', lrEnd: 0.01 });
  expect(rate(20)).toBeCloseTo(0.01);
  expect(() => rateOf({ ...config, schedule: 'cosine', lrEnd: 1 })).toThrow('lrEnd 1 lies above');
});

test('numbers that make no sense are refused by name', () => {
  const wrong: [Partial<TrainConfig>, RegExp][] = [
    [{ batch: 0 }, /train: batch: .*>=1/],
    [{ steps: 1.5 }, /steps: .*integer/],
    [{ warmup: -1 }, /warmup: /],
    [{ lr: Number.NaN }, /lr: /],
    [{ weightDecay: 2 }, /weightDecay: /],
    [{ clip: 0 }, /clip: /],
    [{ prompts: 2, depth: 3 }, /2 prompts an image need images/],
    [{ augment: { ...TRAIN_DEFAULTS.augment, rotate: 400 } }, /augment\.rotate: /],
  ];
  for (const [change, message] of wrong) expect(() => rateOf({ ...config, ...change })).toThrow(message);
});

test('a step takes the items of all its batches', () => {
  expect(itemsPerStep({ batch: 2, prompts: 1, accumulate: 3, depth: 4 })).toBe(24);
  expect(itemsPerStep({ batch: 2, prompts: 5, accumulate: 3, depth: 1 })).toBe(30);
});

test('the schema fills in every default and refuses what is unknown or ill-typed', () => {
  expect(v.parse(trainSchema, { lr: 0.5 })).toEqual({ ...TRAIN_DEFAULTS, lr: 0.5 });
  expect(v.safeParse(trainSchema, { lrr: 0.5 }).issues?.[0].message).toMatch(/lrr/);
  expect(v.safeParse(trainSchema, { batch: 0 }).success).toBe(false);
  expect(v.safeParse(trainSchema, { clip: 0 }).success).toBe(false);
});
