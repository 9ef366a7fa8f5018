import { expect, test } from 'vitest';
import { noticeOf, workerFailed } from '../../src/app/notices';
import type { ErrorKind } from '../../src/app/protocol';

const kinds: ErrorKind[] = [
  'no-webgpu',
  'no-adapter',
  'lost',
  'limit',
  'memory',
  'image',
  'weights',
  'training',
  'other',
];

test.each(kinds)('%s has a title, words and something to do or the reason', (kind) => {
  const n = noticeOf({ kind, message: 'what the engine said' }, 'while predicting');
  expect(n.title).not.toBe('');
  expect(n.text.length).toBeGreaterThan(0);
  if (!['no-webgpu', 'no-adapter'].includes(kind)) expect(n.text[0]).toBe('what the engine said');
});

test('what cannot be worked around blocks, and offers a way out', () => {
  for (const kind of ['no-webgpu', 'no-adapter', 'weights'] as const) {
    expect(noticeOf({ kind, message: '' })).toMatchObject({ blocking: true, action: { does: 'reload' } });
  }
  expect(noticeOf({ kind: 'lost', message: '' })).toMatchObject({ blocking: false, action: { does: 'restore' } });
  expect(noticeOf({ kind: 'image', message: '' })).toMatchObject({ blocking: false, action: { does: 'open' } });
  expect(workerFailed('')).toMatchObject({ blocking: true, action: { does: 'reload' } });
});

test('an unforeseen error says during what it happened', () => {
  expect(noticeOf({ kind: 'other', message: 'x' }, 'while predicting').title).toBe(
    'Something went wrong while predicting',
  );
});

test('each line of a training error is a paragraph', () => {
  expect(noticeOf({ kind: 'training', message: 'a\n  b\n  c' }).text).toEqual(['a', 'b', 'c']);
});
