import { expect, test } from 'vitest';
import { readSplit, splitChoices, splitName, splitOf } from '../../src/ops/matmulSplit';

test('few results over a long K are cut, into whole vectors where they can be; others are not', () => {
  expect(splitOf([1, 1, 12, 20], 1036)).toBe(7);
  // 4096/64 parts of 64.
  expect(splitOf([1, 1, 48, 48], 4096)).toBe(32);
  expect(splitOf([1, 1, 192, 48], 196)).toBe(1);
  expect(splitOf([1, 1, 4096, 768], 4096)).toBe(1);
  expect(splitOf([1, 8, 12, 20], 4096)).toBe(1);
  // A prime cannot be cut into views.
  expect(splitOf([1, 1, 12, 20], 1031)).toBe(1);
});

test('choices are divisors with the guess first and the uncut product among them; nothing to choose where cutting cannot pay', () => {
  const choices = splitChoices([1, 1, 48, 768], 4096);
  expect(choices[0]).toBe(splitOf([1, 1, 48, 768], 4096));
  expect(choices).toContain(1);
  for (const c of choices) expect(4096 % c).toBe(0);
  expect(new Set(choices).size).toBe(choices.length);
  expect(splitChoices([1, 1, 4096, 768], 4096)).toEqual([1]);
  expect(splitChoices([1, 4, 48, 48], 4096)).toEqual([1]);
  // Not cut by guess, yet worth a measurement.
  expect(splitChoices([1, 1, 256, 512], 2048)).toEqual([1, 2, 4]);
});

test('names are read back; other texts are none', () => {
  expect(readSplit(splitName(48, 4096, 768, 't', 'n'))).toEqual({ m: 48, k: 4096, n: 768, a: 't', b: 'n' });
  for (const text of ['', 'split 1×2·3×4 nn', 'matmul', `${splitName(1, 2, 3, 'n', 'n')}x`])
    expect(readSplit(text)).toBeNull();
});
