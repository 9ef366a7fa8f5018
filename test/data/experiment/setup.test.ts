import { expect, test } from 'vitest';
import { phantomData } from '../../../src/data/experiment/imageData';
import { promptPlan } from '../../../src/data/experiment/promptPlan';
import {
  checkpointEvery,
  identityDifferences,
  isMeasuredAt,
  isValidatedAt,
  runIdentity,
  trainConfigOf,
  trainingSetup,
} from '../../../src/data/experiment/setup';
import { samConfig } from '../../../src/models/sam/config';
import { resolveConfig } from '../../../src/train/experiment/config';

const sam = samConfig('sam-nano', { imgSize: 32, patchSize: 8 });
const setupOf = async (...sets: string[]) => {
  const config = resolveConfig({ data: { maxTrain: 6, maxVal: 3 } }, sets);
  return trainingSetup(config, promptPlan(config), await phantomData(config.data, 32), sam);
};

test('rows of a step depend on seed and step alone', async () => {
  const [a, b, other] = await Promise.all([
    setupOf('train.batch=2'),
    setupOf('train.batch=2'),
    setupOf('train.batch=2', 'seed=2'),
  ]);
  expect(a.items(0)).toHaveLength(2);
  expect(b.items(7)).toEqual(a.items(7));
  expect(other.items(7)).not.toEqual(a.items(7));
  expect(a.train).toMatchObject({ depth: 1, points: 2, seed: 1 });
});

test('where everything validates, nothing can train', async () => {
  const config = resolveConfig({});
  const data = { ...(await phantomData({ ...config.data, maxTrain: 1, maxVal: 1 }, 32)), train: [] };
  expect(() => trainingSetup(config, promptPlan(config), data, sam)).toThrow(/nothing to train on/);
});

test('a run is measured a few times and at the end', () => {
  const config = resolveConfig({ train: { steps: 25 }, checkpoint: 5, eval: { times: 2 } });
  expect([5, 10, 15, 20, 25].filter((step) => isMeasuredAt(config, step))).toEqual([15, 25]);
});

test('a longer run is the same run where the schedule does not depend on its length', async () => {
  const { train } = await setupOf();
  const of = (...sets: string[]) => {
    const config = resolveConfig({}, sets);
    return runIdentity(config, { ...train, ...config.train }, { base: 'b', data: 'd' });
  };
  expect(identityDifferences(of('train.steps=500'), of())).toEqual([]);
  expect(identityDifferences(of('train.lr=0.01'), of())).toEqual(['lr was 0.001, now 0.01']);
  const cosine = 'train.schedule=cosine';
  expect(identityDifferences(of(cosine, 'train.steps=500'), of(cosine))).toEqual(['steps was 200, now 500']);
});

test('the cases held back are looked at about so many times, between saved states, and at the end', () => {
  const looks = (train: number, checkpoint: number, validations: number, validation = 0.2) => {
    const config = resolveConfig({ train: { steps: train }, checkpoint, eval: { validations }, data: { validation } });
    const all = Array.from({ length: train }, (_, i) => i + 1);
    return [checkpointEvery(config), all.filter((step) => isValidatedAt(config, step))];
  };
  expect(looks(40, 10, 4)).toEqual([10, [10, 20, 30, 40]]);
  expect(looks(25, 100, 3)).toEqual([9, [9, 18, 25]]);
  expect(looks(60, 5, 4)).toEqual([5, [15, 30, 45, 60]]);
  expect(looks(40, 10, 4, 0)).toEqual([10, []]);
});

test('data, clicks and random changes of a step are the same for every arm', async () => {
  const [medsa, lora] = await Promise.all([
    setupOf('data.validation=0.3'),
    setupOf('data.validation=0.3', 'adapters=lora'),
  ]);
  expect(lora.items(5)).toEqual(medsa.items(5));
  expect(lora.validation?.count).toBe(medsa.validation?.count);
});

test('prompts of an image: a step has as many rows; slices of volumes have one', async () => {
  const { items, train } = await setupOf('train.batch=2', 'train.prompts=3');
  expect([items(0).length, train.prompts]).toEqual([6, 3]);
  const config = resolveConfig({ train: { prompts: 2 } });
  expect([1, 4].map((depth) => trainConfigOf(config, promptPlan(config), depth).prompts)).toEqual([2, 1]);
});
