import { expect, test } from 'vitest';
import { drawJob, type SceneJob } from '../../src/cli/scenePool';
import { openScenes, orderJob } from '../../src/cli/sceneSource';
import { SCENE } from '../../src/ops/scenes';

const job: SceneJob = {
  seed: 1,
  index: 4,
  size: 32,
  patch: 8,
  batch: 2,
  objects: 3,
  kinds: ['points'],
  hardest: 0.7,
};

test('the GPU’s scenes come as an order, at once, with nothing known before the step has drawn them', async () => {
  const source = openScenes('gpu');
  const { inputs, known } = await source.take(job);
  expect([known, source.depth]).toEqual([null, 0]);
  expect(inputs).toEqual(orderJob(job));
  expect([inputs.words.length, inputs.ask.length]).toEqual([2 * SCENE.words, 2 * 3 * 4]);
  expect(orderJob({ ...job, hardest: 0 }).words).not.toEqual(inputs.words);
  source.close();
});

test('the CPU’s scenes are its batch: prompts and targets are known', () => {
  const batch = drawJob(job);
  expect(batch).toEqual(drawJob(job));
  expect(batch.labels.length).toBe(2 * 3 * 3);
});
