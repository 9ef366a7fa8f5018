import { expect, test } from 'vitest';
import { memoryDrawer } from '../../../src/app/engine/drawer';
import { makeSpeed } from '../../../src/app/engine/speed';
import { caps } from '../../plan/caps';

const soon = () => new Promise((r) => setTimeout(r, 5));

test('the middle of the last steps counts, and is kept for the next visit', async () => {
  const place = memoryDrawer();
  const speed = makeSpeed(Promise.resolve(place));
  expect(await speed.of(caps)).toBeNull();
  for (const seconds of [1, 2, 100, 0]) speed.stepped(caps, 1000, seconds);
  await soon();
  expect(await speed.of(caps)).toBe(500);
  expect(await makeSpeed(Promise.resolve(place)).of(caps)).toBe(500);
  expect(await speed.of({ ...caps, vendor: 'other' })).toBeNull();
});
