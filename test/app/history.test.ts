import { expect, test } from 'vitest';
import { MAX_UNDO, record, redo, startHistory, undo } from '../../src/app/history';

test('undo and redo walk through what was recorded', () => {
  const h = record(record(startHistory('a'), 'b'), 'c');
  expect(undo(h).now).toBe('b');
  expect(undo(undo(h)).now).toBe('a');
  expect(redo(undo(undo(h))).now).toBe('b');
  expect(redo(redo(undo(undo(h))))).toEqual(h);
});

test('there is nothing before the beginning and nothing after the end', () => {
  const h = startHistory(1);
  expect(undo(h)).toBe(h);
  expect(redo(h)).toBe(h);
});

test('a new value forgets what was undone', () => {
  const h = record(undo(record(startHistory('a'), 'b')), 'c');
  expect(redo(h)).toBe(h);
  expect(undo(h).now).toBe('a');
});

test('only the latest steps are kept', () => {
  let h = startHistory(0);
  for (let i = 1; i <= MAX_UNDO + 5; i++) h = record(h, i);
  expect(h.past).toHaveLength(MAX_UNDO);
  expect(h.past[0]).toBe(5);
});
