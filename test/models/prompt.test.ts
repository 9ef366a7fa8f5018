import { expect, test } from 'vitest';
import { packPrompts, resizeCoords, resizedSize } from '../../src/models/sam/prompt';

const original = [50, 100] as const;
const resized = [64, 128] as const;
const pack = (...prompts: Parameters<typeof packPrompts>[0]) => packPrompts(prompts, original, resized, [2, 2]);

test('sizes as upstream rounds them', () => {
  expect(resizedSize([97, 150], 128)).toEqual([83, 128]);
  expect(resizedSize([1, 1000], 1024)).toEqual([1, 1024]);
  expect(resizeCoords([10, 20, 30, 40], original, resized)).toEqual([12.8, 25.6, 38.4, 51.2]);
});

test('points get a padding point, a box needs none', () => {
  const p = pack({ points: [[50, 25]], labels: [1] });
  expect([p.batch, p.tokens]).toEqual([1, 2]);
  expect([...p.points]).toEqual([64, 32, 0, 0]);
  expect([...p.labels]).toEqual([1, -1]);
  const b = pack({ points: [[50, 25]], labels: [0], box: [0, 0, 100, 50] });
  expect([...b.points]).toEqual([64, 32, 0, 0, 128, 64]);
  expect([...b.labels]).toEqual([0, 2, 3]);
});

test('ragged prompts are filled with points that are none', () => {
  const p = pack(
    {
      points: [
        [1, 1],
        [2, 2],
      ],
      labels: [1, 0],
    },
    { box: [0, 0, 1, 1] },
  );
  expect([p.batch, p.tokens]).toEqual([2, 3]);
  expect([...p.labels]).toEqual([1, 0, -1, 2, 3, -1]);
});

test('mask input alone', () => {
  const p = pack({ maskInput: Float32Array.of(1, 2, 3, 4) }, { maskInput: Float32Array.of(5, 6, 7, 8) });
  expect(p.tokens).toBe(0);
  expect([...p.masks!]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('bad prompts are refused in words', () => {
  expect(() => pack()).toThrow(/no prompt/);
  expect(() => pack({ points: [[101, 5]], labels: [1] })).toThrow(
    /prompt 0: point 0 \(101, 5\) lies outside the image of 100 × 50/,
  );
  expect(() => pack({ points: [[Number.NaN, 5]], labels: [1] })).toThrow(/lies outside/);
  expect(() => pack({ points: [[1, 5]], labels: [] })).toThrow(/1 points with 0 labels/);
  expect(() => pack({ points: [[1, 5]], labels: [2] })).toThrow(/label 2; expected 1/);
  expect(() => pack({ box: [5, 5, 1, 6] })).toThrow(/turned inside out/);
  expect(() => pack({ box: [0, 0, 1, 51] })).toThrow(/box \(1, 51\) lies outside/);
  expect(() => pack({ maskInput: new Float32Array(3) })).toThrow(/3 values; expected 2 × 2/);
  expect(() => pack({ box: [0, 0, 1, 1], maskInput: new Float32Array(4) }, { box: [0, 0, 1, 1] })).toThrow(
    /1 of 2 prompts have a mask/,
  );
  expect(() => pack({}, { box: [0, 0, 1, 1] })).toThrow(/prompt 0 has neither points nor a box/);
});
