import { expect, test } from 'vitest';
import { emptyTuned, type Tuned } from '../../src/plan/tuned';
import { readTuned, writeTuned } from '../../src/plan/tunedFile';
import { caps } from './caps';

const tuned: Tuned = {
  ...emptyTuned(caps, 'test'),
  answers: {
    'matmul a': {
      ...{ op: 'matmul', dims: [1, 2], layout: 'f32', winner: 'tile8', guess: 'naive', tolerance: 1e-4, date: '2026' },
      timings: [
        { variant: 'tile8', us: 1.5, error: 1e-7 },
        { variant: 'bad', us: null, error: null, refused: 'wrong' },
      ],
    },
  },
};

test('what is written is read', () => {
  expect(readTuned(writeTuned(tuned))).toEqual(tuned);
  expect(readTuned(writeTuned({ ...tuned, answers: {} }))).toEqual({ ...tuned, answers: {} });
});

test('anything else is nothing, and a damaged answer is left out alone', () => {
  for (const text of ['', '[]', 'null', '{"format":"x"}', writeTuned(tuned).slice(0, -5)])
    expect(readTuned(text)).toBeNull();
  const other = writeTuned({ ...tuned, answers: { ...tuned.answers, other: tuned.answers['matmul a'] } });
  const damaged = other.replace('"us":1.5', '"us":"fast"');
  expect(Object.keys(readTuned(damaged)!.answers)).toEqual(['other']);
});
