import { expect, test } from 'vitest';
import { isNews } from '../../src/app/runTabs';
import { initialState } from '../../src/app/state';
import { runInfo } from './cases';

test('other tabs are told of what changes on disk, not of every step', () => {
  const s = { ...initialState(), running: true, run: runInfo('training', 4) };
  expect(isNews(s, s)).toBe(false);
  expect(isNews({ ...s, curve: [{ step: 5, loss: 1 }] }, s)).toBe(false);
  expect(isNews({ ...s, run: runInfo('training', 4, { seconds: 9 }) }, s)).toBe(false);
  expect(isNews({ ...s, run: runInfo('training', 8) }, s)).toBe(true);
  expect(isNews({ ...s, run: runInfo('paused', 4) }, s)).toBe(true);
  expect(isNews({ ...s, running: false }, s)).toBe(true);
  expect(isNews({ ...s, runs: [] }, s)).toBe(true);
  // Looking at another run changes nothing on disk.
  const idle = { ...s, running: false };
  expect(isNews({ ...idle, run: runInfo('done', 9) }, idle)).toBe(false);
});
