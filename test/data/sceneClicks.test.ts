import { expect, test } from 'vitest';
import { rng } from '../../src/data/rng';
import { nextRound } from '../../src/data/sceneClicks';

const target = Float32Array.of(1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
const options = { rows: 1, size: 32, first: true, random: rng(1) };

test('a missed cell gets a positive click before the padding point, and the best of three becomes the mask prompt', () => {
  const right = Float32Array.from(target, (t) => (t ? 5 : -5));
  const missed = Float32Array.from(right);
  missed[5] = -5;
  const masks = new Float32Array([...right, ...right, ...missed, ...right]);
  const answer = { masks, predicted: Float32Array.of(0.9, 0.1, 0.8, 0.2) };
  const last = { points: Float32Array.of(3, 4, 0, 0), labels: Float32Array.of(1, -1) };
  const r = nextRound({ target }, last, answer, options);
  expect(Array.from(r.mask)).toEqual(Array.from(missed));
  expect(Array.from(r.labels)).toEqual([1, 1, -1]);
  expect(Array.from(r.points)).toEqual([3, 4, 11.5, 11.5, 0, 0]);
});

test('a cell too many gets a negative click before the corners of a box; later rounds go on from the single mask', () => {
  const tooMuch = Float32Array.from(target, (t) => (t ? 5 : -5));
  tooMuch[15] = 2;
  const masks = new Float32Array([...tooMuch, ...tooMuch.map(() => 9), ...tooMuch, ...tooMuch]);
  const answer = { masks, predicted: Float32Array.of(0.1, 0.9, 0.8, 0.2) };
  const last = { points: Float32Array.of(0, 0, 15, 15), labels: Float32Array.of(2, 3) };
  const r = nextRound({ target }, last, answer, { ...options, first: false });
  expect(Array.from(r.labels)).toEqual([0, 2, 3]);
  expect(Array.from(r.points)).toEqual([27.5, 27.5, 0, 0, 15, 15]);
});

test('where nothing is wrong the click falls on the object', () => {
  const right = Float32Array.from(target, (t) => (t ? 5 : -5));
  const answer = { masks: new Float32Array([...right, ...right]), predicted: Float32Array.of(0.5, 0.5) };
  const last = { points: Float32Array.of(3, 4, 0, 0), labels: Float32Array.of(1, -1) };
  for (let seed = 0; seed < 20; seed++) {
    const r = nextRound({ target }, last, answer, { ...options, random: rng(seed) });
    expect(r.labels[1]).toBe(1);
    expect(r.points[2]).toBeLessThan(16);
    expect(r.points[3]).toBeLessThan(16);
  }
});
