import { expect, test } from 'vitest';
import { keptText } from '../../../src/app/panels/kept';

test('what is kept and what is left, in words', () => {
  expect(keptText(3 * 2 ** 20, 100 * 2 ** 20)).toMatch(/take 3\.0 MiB; 97 MiB are free/);
  expect(keptText(2 ** 30, 2 ** 20)).toMatch(/0\.0 MiB are free/);
  expect(keptText(0, 0)).toMatch(/does not tell/);
});
