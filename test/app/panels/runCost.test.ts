import { expect, test } from 'vitest';
import { beforeText, costText, leverText, planText } from '../../../src/app/panels/runCost';
import type { Estimate } from '../../../src/app/runProtocol';
import { initialState } from '../../../src/app/state';

const start = initialState();
const plan = { trained: 17024, base: 435848, percent: 3.906 };
const estimate: Estimate = {
  ...{ bytes: 45 * 2 ** 20, flops: 1e9, msPerStep: 500, measured: true, levers: [] },
  disk: { needed: 1000, free: 1e9 },
};

test('what would train is counted before the start', () => {
  expect(planText({ ...start, plan })).toBe('Trains 17\u202f024 parameters: 3.9 % of the base’s 435\u202f848.');
  expect(planText({ ...start, plan: { ...plan, trained: 0 } })).toMatch(/add an adapter/);
  expect(planText(start)).toMatch(/Counting/);
  expect(planText({ ...start, engine: 'failed' })).toBe('');
});

test('memory and time are said before the start, and what would lower them', () => {
  expect(costText({ ...start, estimate })).toBe('45 MiB on the GPU, about 30 s for 60 steps.');
  expect(costText({ ...start, estimate: { ...estimate, measured: false } })).toMatch(/a guess/);
  expect(leverText({ remat: 'blocks', precision: 'mixed' })).toBe('Blocks twice + 16 bits');
  expect(leverText({ batch: 2, accumulate: 2 })).toBe('Batch 2 × 2');
});

test('too little room on disk, or nothing to train on, is said before the start', () => {
  expect(beforeText({ ...start, estimate })).toBe('');
  expect(beforeText({ ...start, estimate: { ...estimate, disk: { needed: 2e9, free: 1e9 } } })).toMatch(
    /1\.9 GiB on disk/,
  );
  const { experiment } = start.config;
  const labels = { ...start.config, experiment: { ...experiment, data: { ...experiment.data, source: 'labels' } } };
  expect(beforeText({ ...start, config: labels })).toMatch(/Label something/);
});
