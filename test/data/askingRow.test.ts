import { expect, test } from 'vitest';
import { askingRow, tokensOfPrompt } from '../../src/data/askingRow';

const frame = { image: new Uint8Array(3 * 8 * 8), inputSize: [4, 8] as const };

test('prompts come in pixels of the original and go in those of the frame, filled up with −1', () => {
  const row = askingRow(frame, [8, 16], { points: [[6, 2]], labels: [0] }, 4);
  expect([...row.points]).toEqual([3, 1, 0, 0, 0, 0, 0, 0]);
  expect([...row.labels]).toEqual([0, -1, -1, -1]);
  expect(row.mask).toEqual(new Uint8Array(64).fill(1));
  const boxed = askingRow(frame, [8, 16], { box: [2, 0, 16, 8] }, 2);
  expect([...boxed.points]).toEqual([1, 0, 8, 4]);
  expect([...boxed.labels]).toEqual([2, 3]);
});

test('no prompt says nothing; one outside the image is refused', () => {
  expect([...askingRow(frame, [8, 16], null, 2).labels]).toEqual([-1, -1]);
  expect(() => askingRow(frame, [8, 16], { points: [[17, 0]], labels: [1] }, 2)).toThrow(/outside/);
});

test('tokens: points, and box corners or else the padding point', () => {
  expect(tokensOfPrompt({ points: [1, 2], box: null })).toBe(3);
  expect(tokensOfPrompt({ points: [1], box: [0, 0, 1, 1] })).toBe(3);
});
