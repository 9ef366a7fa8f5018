import { expect, test } from 'vitest';
import { adapterText, appliedOf, appliedText, hasOtherBest } from '../../src/app/runAdapters';
import { runInfo, scored } from './cases';

const objects = [scored('a', 'x', 0.1, 0.8), scored('b', 'x', 0.1, 0.9)];
const best = { step: 4, dice: 0.9 };

test('a run that is over gives its best adapter, one that may go on its last, unless somebody chose', () => {
  expect(appliedOf(runInfo('done', 6, { best }))).toBe('best');
  expect(appliedOf(runInfo('stopped', 6, { best }))).toBe('best');
  expect(appliedOf(runInfo('paused', 6, { best }))).toBe('last');
  expect(appliedOf(runInfo('paused', 6, { best, applied: 'best' }))).toBe('best');
  expect(appliedOf(runInfo('done', 6, { best, applied: 'last' }))).toBe('last');
  // There is only one.
  expect([hasOtherBest(runInfo('done', 4, { best })), appliedOf(runInfo('done', 4, { best }))]).toEqual([
    false,
    'last',
  ]);
  expect(appliedOf(runInfo('done', 4))).toBe('last');
});

test('in words, with what is known of each', () => {
  const done = runInfo('done', 6, { best, objects });
  expect([adapterText(done, 'best'), adapterText(done, 'last')]).toEqual([
    'best: step 4, Dice 0.900',
    'last: step 6, Dice 0.850',
  ]);
  expect(adapterText(runInfo('paused', 6, { best, objects }), 'last')).toBe('last: step 6');
  expect(adapterText(runInfo('done', 4, { best }), 'last')).toBe('step 4, the best so far: Dice 0.900');
  expect(adapterText(runInfo('paused', 3), 'best')).toBe('step 3');
  expect([appliedText(done), appliedText(runInfo('done', 4, { best })), appliedText(null)]).toEqual([
    'Adapted, best (step 4)',
    'Adapted',
    'Adapted',
  ]);
  expect(appliedText({ ...done, applied: 'last' })).toBe('Adapted, last (step 6)');
});
