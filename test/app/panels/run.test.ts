import { expect, test } from 'vitest';
import { planText, stateText } from '../../../src/app/panels/run';
import type { RunPhase } from '../../../src/app/protocol';
import { initialState } from '../../../src/app/state';

const start = initialState();
const plan = { trained: 17024, base: 435848, percent: 3.906 };
const at = (phase: RunPhase, step: number, seconds = 0) => ({
  ...start,
  run: { phase, config: start.config, plan, step, rows: [], seconds },
});

test('what would train is counted before the start', () => {
  expect(planText({ ...start, plan })).toBe(
    'Trains 17\u202f024 parameters: 3.9 % of the base’s 435\u202f848, which stay frozen.',
  );
  expect(planText(start)).toMatch(/Counting/);
  expect(planText({ ...start, engine: 'failed' })).toBe('');
});

test('each phase has its words', () => {
  const work = { what: 'Training', done: 12, total: 60, left: 96 };
  const curve = [{ step: 12, loss: 0.4 }];
  expect(stateText({ ...at('training', 10), work, curve })).toBe('Training: step 12 of 60 · 1 min 36 s left');
  expect(stateText(at('paused', 20))).toBe('Paused at step 20 of 60');
  expect(stateText(at('lost', 20))).toBe('Interrupted; resumes from step 20');
  expect(stateText(at('stopped', 20, 31))).toBe('Stopped at step 20 of 60 in 31 s');
  expect(stateText(at('done', 60, 90))).toBe('Done: 60 steps in 1 min 30 s');
  expect(stateText(start)).toBe('');
});
