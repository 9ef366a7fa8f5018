import { expect, test } from 'vitest';
import { newObject, type Prompt } from '../../src/app/document/document';
import { packMask } from '../../src/app/document/runs';
import { promptOfMask, slabPrompts } from '../../src/app/slabPrompts';
import { volumeInfo } from './cases';

const info = volumeInfo();
const said: Prompt = { points: [{ x: 1, y: 1, label: 1 }], box: null, choice: null };
// The middle two columns of the last row but one, 4 × 3 pixels.
const masks = new Map([[4, packMask([0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0])]]);

test('a slice’s own prompt, else its mask, else the nearest slice that has one', () => {
  const object = { ...newObject(1), prompts: new Map([['axial:1', said]] as const), masks };
  const found = slabPrompts(info, 'axial', object, [0, 4]);
  const byMask = { points: [{ x: 1.5, y: 1.5, label: 1 }], box: [1, 1, 3, 2], choice: null };
  expect([...found]).toEqual([
    [0, said],
    [1, said],
    [2, said],
    [3, byMask],
    [4, byMask],
  ]);
  expect(slabPrompts(info, 'axial', object, [2, 3]).size).toBe(0);
  // A prompt belongs to its plane; a mask is seen in all.
  const [first] = slabPrompts(info, 'coronal', object, [1, 1]).values();
  expect(first.box).toEqual([1, 0, 3, 1]);
});

test('a mask as box and innermost pixel: borders outside, centres at a half', () => {
  const square = Uint8Array.from({ length: 25 }, (_, i) => (i % 5 > 0 && i % 5 < 4 && i > 4 && i < 20 ? 1 : 0));
  expect(promptOfMask(square, 5, 5)).toEqual({
    points: [{ x: 2.5, y: 2.5, label: 1 }],
    box: [1, 1, 4, 4],
    choice: null,
  });
});
