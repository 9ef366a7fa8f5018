import { expect, test } from 'vitest';
import { phantomData } from '../../../src/data/experiment/imageData';
import { promptPlan } from '../../../src/data/experiment/promptPlan';
import { identityDifferences, isMeasuredAt, runIdentity, trainingSetup } from '../../../src/data/experiment/setup';
import { samConfig } from '../../../src/models/sam/config';
import { resolveConfig } from '../../../src/train/experiment/config';

const sam = samConfig('sam-nano', { imgSize: 32, patchSize: 8 });
const setupOf = async (...sets: string[]) => {
  const config = resolveConfig({ data: { maxTrain: 3, maxVal: 3 } }, sets);
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
