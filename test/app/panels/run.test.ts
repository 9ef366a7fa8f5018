import { expect, test } from 'vitest';
import { costText, leverText, planText, stateText, warningText } from '../../../src/app/panels/run';
import type { Estimate, RunPhase } from '../../../src/app/runProtocol';
import { initialState } from '../../../src/app/state';
import { runInfo } from '../cases';

const start = initialState();
const plan = { trained: 17024, base: 435848, percent: 3.906 };
const at = (phase: RunPhase, step: number, seconds = 0) => ({ ...start, run: runInfo(phase, step, { seconds }) });
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

test('too little room on disk is said before the start, and while a run is not kept', () => {
  expect(warningText({ ...start, estimate })).toBe('');
  expect(warningText({ ...start, estimate: { ...estimate, disk: { needed: 2e9, free: 1e9 } } })).toMatch(
    /1\.9 GiB on disk/,
  );
  const s = { ...start, run: runInfo('training', 1, { unsaved: 'The disk is full.' }) };
  expect(warningText({ ...s, running: true })).toMatch(/not kept: The disk is full/);
});

test('each phase has its words', () => {
  const work = { what: 'Training', done: 12, total: 60, left: 96 };
  const curve = [
    { step: 12, loss: 0.4 },
    { step: 40, dice: 0.4 },
  ];
  expect(stateText({ ...at('training', 10), work, curve })).toBe('Training Run 1: step 12 of 60 · 1 min 36 s left');
  expect(stateText(at('paused', 20))).toBe('Run 1 is paused at step 20 of 60');
  expect(stateText(at('lost', 20))).toBe('Interrupted; resumes from step 20');
  expect(stateText(at('stopped', 20, 31))).toBe('Run 1 was stopped at step 20 of 60 in 31 s');
  expect(stateText(at('done', 60, 90))).toBe('Run 1 is done: 60 steps in 1 min 30 s');
  expect(stateText(start)).toBe('');
});
