import * as v from 'valibot';
import { expect, test } from 'vitest';
import { rateOf, TRAIN_DEFAULTS, trainSchema } from '../../src/train/trainConfig';

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

test('numbers that make no sense are refused by name', () => {
  expect(() => rateOf({ ...config, batch: 0 })).toThrow('batch must be a whole number of at least 1, got 0');
  expect(() => rateOf({ ...config, steps: 1.5 })).toThrow('steps must be');
  expect(() => rateOf({ ...config, warmup: -1 })).toThrow('warmup must be');
  expect(() => rateOf({ ...config, lr: Number.NaN })).toThrow('learning rate must be positive, got NaN');
  expect(() => rateOf({ ...config, weightDecay: 2 })).toThrow('weightDecay must be in 0..1');
  expect(() => rateOf({ ...config, clip: 0 })).toThrow('clip must be positive or null, got 0');
});

test('the schema fills in every default and refuses what is unknown or ill-typed', () => {
  expect(v.parse(trainSchema, { lr: 0.5 })).toEqual({ ...TRAIN_DEFAULTS, lr: 0.5 });
  expect(v.safeParse(trainSchema, { lrr: 0.5 }).issues?.[0].message).toMatch(/lrr/);
  expect(v.safeParse(trainSchema, { batch: 0 }).success).toBe(false);
  expect(v.safeParse(trainSchema, { clip: 0 }).success).toBe(false);
});
