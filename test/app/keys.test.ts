import { expect, test } from 'vitest';
import { GESTURES, SHORTCUTS } from '../../src/app/keys';
import { KEY_GROUPS } from '../../src/app/shortcut';
import { TOOLS } from '../../src/app/tool';

/** What the first shortcut that means these keys is about. */
const about = (key: string, mod = false, shift = false) => SHORTCUTS.find((s) => s.is(key, mod, shift))?.about;

test('undo and redo in their usual spellings', () => {
  expect(about('z', true)).toMatch(/^Undo/);
  expect(about('Z', true, true)).toMatch(/^Redo/);
  expect(about('y', true)).toMatch(/^Redo/);
  expect(about('z')).toBeUndefined();
});

test('plain letters are no shortcuts with Ctrl or Cmd', () => {
  for (const key of ['t', 'b', 'p', 'o', '0']) {
    expect(about(key)).toBeDefined();
    expect(about(key, true)).toBeUndefined();
  }
  // The same letter, another thing.
  expect([about('c'), about('c', true)]).toEqual([expect.stringMatching(/^Accept/), expect.stringMatching(/^Copy/)]);
});

test('no letter means two things, tools included', () => {
  for (const key of 'abcdefghijklmnopqrstuvwxyz0123456789+-?[]') {
    const found = SHORTCUTS.filter((s) => s.is(key, false, false));
    expect(found.map((s) => s.about).slice(1), key).toEqual([]);
  }
});

test('what is listed in the help sheet has words and a heading; every tool is there', () => {
  for (const s of SHORTCUTS) expect([s.about !== '', KEY_GROUPS.includes(s.group)]).toEqual([true, true]);
  for (const t of TOOLS)
    expect(SHORTCUTS.some((s) => s.keys.includes(t.key) && s.about.startsWith(t.label))).toBe(true);
  for (const [keys, words] of GESTURES) expect(keys.length * words.length).toBeGreaterThan(0);
});
