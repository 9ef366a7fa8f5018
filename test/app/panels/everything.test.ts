import { expect, test } from 'vitest';
import { parseEverything } from '../../../src/app/everythingConfig';
import { foundText } from '../../../src/app/panels/everything';

const options = parseEverything();
const found = (added: number, left = 0) => ({ options, busy: false, found: { added, left, ms: 2500 } });

test('what came of it, in words that say what to do when nothing did', () => {
  expect(foundText({ options, busy: false, found: null })).toBe('');
  expect(foundText({ options, busy: true, found: null })).toBe('Looking…');
  expect(foundText(found(1))).toBe('1 object in 2.5 s.');
  expect(foundText(found(255, 3))).toBe('255 objects in 2.5 s. No room for 3 more: a case has 255 objects.');
  expect(foundText(found(0))).toMatch(/Lower the thresholds/);
});
