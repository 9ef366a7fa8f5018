import { expect, test } from 'vitest';
import { shortcuts } from '../../../src/app/keys/files';

test('Ctrl S saves; S alone and with Shift are other keys', () => {
  const [save] = shortcuts;
  expect([save.is('s', true, false), save.is('S', true, false)]).toEqual([true, true]);
  expect([save.is('s', false, false), save.is('s', true, true), save.is('c', true, false)]).toEqual([
    false,
    false,
    false,
  ]);
});
