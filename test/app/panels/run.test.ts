import { expect, test } from 'vitest';
import { stateText, warningText } from '../../../src/app/panels/run';
import type { RunPhase } from '../../../src/app/runProtocol';
import { initialState } from '../../../src/app/state';
import { runInfo } from '../cases';

const start = initialState();
const at = (phase: RunPhase, step: number, seconds = 0) => ({ ...start, run: runInfo(phase, step, { seconds }) });
test('a run that is not kept says so', () => {
  expect(warningText(at('training', 1))).toBe('');
  const s = { ...start, run: runInfo('training', 1, { unsaved: 'The disk is full.' }) };
  expect(warningText(s)).toMatch(/Not on disk: The disk is full.*in memory.*lost when this page is closed/);
  const elsewhere = { ...start, run: runInfo('paused', 4, { elsewhere: true }) };
  expect(warningText(elsewhere)).toMatch(/Another tab trains it now/);
  expect(stateText(elsewhere)).toMatch(/Run 1 is being trained in another tab: step 4 so far/);
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
