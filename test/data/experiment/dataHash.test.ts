import { expect, test } from 'vitest';
import { dataHash } from '../../../src/data/experiment/dataHash';

test('the hash depends on every part and on where one ends', async () => {
  expect(await dataHash(['ab', 'c'])).not.toBe(await dataHash(['a', 'bc']));
  expect(await dataHash(['a', Uint8Array.of(98)])).toBe(await dataHash(['a', 'b']));
  expect(await dataHash([])).toMatch(/^[0-9a-f]{64}$/);
});
