import { expect, test } from 'vitest';
import { summaryText, tunedText } from '../../src/cli/tuneText';
import { type Answer, emptyTuned } from '../../src/plan/tuned';
import { caps } from '../plan/caps';

const answer: Answer = {
  ...{ op: 'matmul', dims: [1], layout: '', winner: 'tile8', guess: 'naive', tolerance: 1e-4, date: '2026-11-27' },
  timings: [
    { variant: 'naive', us: 8, error: 0 },
    { variant: 'tile8', us: 2, error: 1e-7 },
    { variant: 'bad', us: null, error: 0.5, refused: 'wrong: deviates' },
    { variant: 'late', us: null, error: null, refused: 'not tried: out of time' },
  ],
};
const tuned = { ...emptyTuned(caps, 'a card'), answers: { 'matmul k': answer } };

test('every variant has its time, ratio and error; winner, guess and refusals are marked', () => {
  const lines = tunedText(tuned).split('\n');
  expect(lines[0]).toMatch(/^a card · shaders \w{16} · 1 choices$/);
  expect(lines[2]).toBe('matmul k');
  expect(lines[3]).toMatch(/^ \* tile8 +2\.0 µs +1\.00× · error 1\.0e-7$/);
  expect(lines[4]).toMatch(/^ {3}naive +8\.0 µs +4\.00× · error 0\.0e\+0 · guessed$/);
  expect(lines[5]).toMatch(/^ {3}bad +· error 5\.0e-1 · wrong: deviates$/);
  expect(lines[7]).toBe('   measured 2026-11-27, tolerance 0.0001');
});

test('the summary counts, weighs and names the wrong ones, not those there was no time for', () => {
  const text = summaryText(tuned);
  expect(text).toContain('0 of 1 choices as guessed; the other 1 are 4.00× as fast');
  expect(text).toContain('bad of matmul k: wrong: deviates');
  expect(text).not.toContain('late');
  expect(summaryText(emptyTuned(caps, ''))).toBe('0 of 0 choices as guessed');
});
