import { expect, test } from 'vitest';
import { clickKeys, mix } from '../../src/train/clickKeys';

test('keys follow from seed, batch, round and row, and differ in each', () => {
  const config = { click: 'random', rounds: 2, seed: 3 } as const;
  const keys = clickKeys(config, 3, 5);
  expect(Object.keys(keys)).toEqual(['clicks.0', 'clicks.1']);
  expect(clickKeys(config, 3, 5)).toEqual(keys);
  const all = [keys, clickKeys(config, 3, 6), clickKeys({ ...config, seed: 4 }, 3, 5)].flatMap((k) =>
    Object.values(k).flatMap((v) => [...v]),
  );
  expect(new Set(all).size).toBe(18);
  expect(clickKeys({ ...config, click: 'center' }, 3, 5)).toEqual({});
});

test('mixing spreads over all bits', () => {
  const bits = Array(32).fill(0);
  for (let i = 0; i < 4000; i++) for (let b = 0; b < 32; b++) bits[b] += (mix(1, i) >>> b) & 1;
  for (const n of bits) expect(Math.abs(n - 2000)).toBeLessThan(200);
});
