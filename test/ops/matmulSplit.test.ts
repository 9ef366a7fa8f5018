import { expect, test } from 'vitest';
import { readSplit, splitChoices, splitName, splitOf } from '../../src/ops/matmulSplit';

test('few results over a long K are cut, into whole vectors where they can be; others are not', () => {
  expect(splitOf([1, 1, 12, 20], 1036)).toBe(7);
  // At most 32 parts, of 128 at least.
  expect(splitOf([1, 1, 48, 48], 4096)).toBe(32);
  expect(splitOf([1, 1, 12, 20], 1024)).toBe(8);
  expect(splitOf([1, 1, 192, 48], 196)).toBe(1);
  expect(splitOf([1, 1, 4096, 768], 4096)).toBe(1);
  // A prime cannot be cut into views.
  expect(splitOf([1, 1, 12, 20], 1031)).toBe(1);
});

test('threads are counted, not workgroups: the gradients of adapters are cut although they make 144 small tiles', () => {
  // 36 tiles of 64×64 with 64 threads each: 29 parts would fill the GPU, 16 divide K.
  expect(splitOf([1, 1, 768, 192], 4096)).toBe(16);
  expect(splitOf([1, 1, 192, 768], 4900)).toBe(25);
  // 144 tiles; 432 tiles; 576 tiles, which are more than half of what fills it.
  expect(splitOf([1, 1, 768, 768], 4096)).toBe(4);
  expect(splitOf([1, 1, 2304, 768], 4096)).toBe(2);
  expect(splitOf([1, 1, 3072, 768], 4096)).toBe(1);
});

test('a batch along one axis is cut, too; along both it cannot be without copies', () => {
  expect(splitOf([1, 8, 7, 16], 4096)).toBe(32);
  expect(splitOf([8, 1, 7, 16], 4096)).toBe(32);
  expect(splitOf([2, 8, 7, 16], 4096)).toBe(1);
});

test('the parts together have at most four million results', () => {
  // 484 tiles of 64×64 would be cut in three.
  expect(splitOf([1, 1, 1400, 1400], 3072)).toBe(2);
});

test('choices are divisors with the guess first and the uncut product among them; nothing to choose where cutting cannot pay', () => {
  const choices = splitChoices([1, 1, 48, 768], 4096);
  expect(choices[0]).toBe(splitOf([1, 1, 48, 768], 4096));
  expect(choices).toContain(1);
  for (const c of choices) expect(4096 % c).toBe(0);
  expect(new Set(choices).size).toBe(choices.length);
  expect(splitChoices([1, 1, 4096, 1152], 4096)).toEqual([1]);
  expect(splitChoices([2, 4, 48, 48], 4096)).toEqual([1]);
  // Not cut by guess, yet worth a measurement.
  expect(splitChoices([1, 1, 4096, 768], 4096)).toEqual([1, 2, 4]);
});

test('names are read back; other texts are none', () => {
  expect(readSplit(splitName(48, 4096, 768, 't', 'n'))).toEqual({ m: 48, k: 4096, n: 768, a: 't', b: 'n' });
  for (const text of ['', 'split 1×2·3×4 nn', 'matmul', `${splitName(1, 2, 3, 'n', 'n')}x`])
    expect(readSplit(text)).toBeNull();
});
