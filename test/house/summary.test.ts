import { expect, test } from 'vitest';
import { collect, type Outcome, summaryLines } from '../harness/summary.mjs';

const passed: Outcome = { name: 'unit a.test.ts > works', state: 'passed', note: '' };
const failed: Outcome = { name: 'unit a.test.ts > breaks', state: 'failed', note: 'expected 1\ngot 2' };
const skipped: Outcome = { name: 'unit a.test.ts > needs data', state: 'skipped', note: 'no folder' };

test('the last line counts, skipped tests are named with their reason', () => {
  const { lines, exitCode } = summaryLines([passed, passed, skipped]);
  expect(lines.at(-1)).toBe('2 passed, 0 failed, 1 skipped');
  expect(lines).toContain('  unit a.test.ts > needs data — no folder');
  expect(exitCode).toBe(0);
});

test('a failure, or no test at all, is an error', () => {
  const { lines, exitCode } = summaryLines([passed, failed]);
  expect(lines).toContain('  unit a.test.ts > breaks — expected 1');
  expect(exitCode).toBe(1);
  expect(summaryLines([]).exitCode).toBe(1);
  expect(summaryLines([skipped]).exitCode).toBe(1);
  expect(summaryLines([{ ...passed, name: 'lint > tsc' }]).lines).toContain('No test ran.');
});

test('a run that crashed counts as one failure, one that named its failures does not count twice', () => {
  const absent = () => {
    throw new Error('ENOENT');
  };
  expect(collect('unit', '', () => JSON.stringify([passed]))).toEqual([passed]);
  expect(collect('unit', 'exit code 1', () => JSON.stringify([failed]))).toEqual([failed]);
  expect(collect('unit', 'exit code 1', () => JSON.stringify([passed]))).toMatchObject([passed, { state: 'failed' }]);
  expect(collect('unit', '', absent)).toMatchObject([{ name: 'unit > (the run)', state: 'failed' }]);
});
