import { expect, test } from 'vitest';
import { SHORTCUTS } from '../../src/app/keys';

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
});

test('what is listed in the help sheet has words', () => {
  for (const s of SHORTCUTS.filter((x) => x.keys.length)) expect(s.about).not.toBe('');
});
