import { expect, test } from 'vitest';
import {
  areaOf,
  combineRuns,
  lengthOf,
  packMask,
  paintRuns,
  runsHold,
  sameRuns,
  unpackMask,
} from '../../../src/app/document/runs';
import { rng } from '../../../src/data/rng';

/** A mask of blobs of random length. */
const mask = (seed: number, n: number): Uint8Array => {
  const random = rng(seed);
  const out = new Uint8Array(n);
  for (let at = 0; at < n; at += 1 + Math.floor(random.uniform(0, 9)))
    if (random.uniform(0, 1) < 0.6) out.fill(1, at, at + 3);
  return out;
};

test('runs begin outside and add up to all pixels', () => {
  expect([...packMask([0, 0, 1, 1, 0])]).toEqual([2, 2, 1]);
  expect([...packMask([1, 0])]).toEqual([0, 1, 1]);
  expect([...packMask([0, 0, 0])]).toEqual([3]);
  expect([...packMask([9, 0, 7, 7], 1, 3)]).toEqual([1, 2]);
});

test('a mask survives packing', () => {
  for (let seed = 0; seed < 20; seed++) {
    const m = mask(seed, 61);
    const runs = packMask(m);
    expect([...unpackMask(runs)]).toEqual([...m]);
    expect([lengthOf(runs), areaOf(runs)]).toEqual([61, m.reduce((a, b) => a + b, 0)]);
  }
});

test('painting leaves what lies outside alone', () => {
  const out = Uint8Array.from([5, 5, 5, 5]);
  paintRuns(packMask([0, 1, 1, 0]), out, 2);
  expect([...out]).toEqual([5, 2, 2, 5]);
});

test('masks are combined pixel by pixel', () => {
  for (let seed = 0; seed < 20; seed++) {
    const [a, b] = [mask(seed, 47), mask(seed + 100, 47)];
    const both = (how: 'or' | 'and' | 'minus') => [...unpackMask(combineRuns(packMask(a), packMask(b), how))];
    expect(both('or')).toEqual([...a].map((v, i) => v | b[i]));
    expect(both('and')).toEqual([...a].map((v, i) => v & b[i]));
    expect(both('minus')).toEqual([...a].map((v, i) => (v && !b[i] ? 1 : 0)));
  }
  expect([...combineRuns(packMask([1, 1]), packMask([0, 1]), 'and')]).toEqual([1, 1]);
  expect(() => combineRuns(packMask([1]), packMask([1, 0]), 'or')).toThrow(/1 and 2 pixels/);
});

test('equal masks are told from others', () => {
  expect(sameRuns(packMask([0, 1]), packMask([0, 1]))).toBe(true);
  expect(sameRuns(packMask([0, 1]), packMask([1, 1]))).toBe(false);
  expect(sameRuns(null, packMask([1]))).toBe(false);
});

test('whether a pixel is inside', () => {
  const values = mask(5, 200);
  const runs = packMask(values);
  expect(Array.from(values, (_, i) => (runsHold(runs, i) ? 1 : 0))).toEqual([...values]);
  expect(runsHold(runs, 200)).toBe(false);
});
