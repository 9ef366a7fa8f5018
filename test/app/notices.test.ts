import { expect, test } from 'vitest';
import { filesNotice, noticeOf, OPENING, roomNotice, workerFailed } from '../../src/app/notices';
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

test('what fails before a GPU is open stands where the image would be', () => {
  const small = noticeOf({ kind: 'limit', message: '64 KiB' }, OPENING);
  expect(small).toMatchObject({ blocking: true, action: { does: 'reload' }, text: ['64 KiB'] });
  expect(small.remedies.join()).not.toMatch(/batch/);
  expect(noticeOf({ kind: 'limit', message: '' }, 'while training').blocking).toBe(false);
});

test('a full disk is said with what to do; little room beforehand', () => {
  const full = noticeOf({ kind: 'storage', message: 'QuotaExceededError' }, 'while keeping the run');
  expect(full.text[0]).toMatch(/while keeping the run.*stays until the page is closed/);
  expect(full.remedies.length).toBeGreaterThan(1);
  expect(roomNotice(2 ** 30)).toBeNull();
  expect(roomNotice(5.5 * 2 ** 20)).toMatchObject({ tone: 'info', text: [expect.stringMatching(/^5 MiB are left/)] });
});

test('an unforeseen error says during what it happened', () => {
  expect(noticeOf({ kind: 'other', message: 'x' }, 'while predicting').title).toBe(
    'Something went wrong while predicting',
  );
});

test('each line of a training error is a paragraph', () => {
  expect(noticeOf({ kind: 'training', message: 'a\n  b\n  c' }).text).toEqual(['a', 'b', 'c']);
});

test('each of several files is told of by itself; what was opened plainly is not', () => {
  const told = (n: number) => Array.from({ length: n }, (_, i) => ({ name: `${i}`, message: `${i}: bad` }));
  const none = { refused: [], warnings: [], additions: [] };
  expect(filesNotice(none, (id) => id)).toBeNull();
  expect(filesNotice({ ...none, refused: told(2), warnings: told(1) }, (id) => id)).toMatchObject({
    ...{ tone: 'error', title: '2 files cannot be opened', text: ['0: bad', '1: bad', '0: bad'] },
  });
  expect(filesNotice({ ...none, refused: told(9) }, (id) => id)?.text).toEqual([
    ...told(6).map((t) => t.message),
    'and 3 more',
  ]);
  expect(filesNotice({ ...none, warnings: told(1) }, (id) => id)).toMatchObject({ tone: 'info', text: ['0: bad'] });
});
