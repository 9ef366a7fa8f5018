import { expect, test } from 'vitest';
import { type Carry, carryOn, endOf } from '../../src/app/carryOn';
import { packMask, type Runs } from '../../src/app/document/runs';
import type { Carried } from '../../src/app/volumeProtocol';

/** The first n pixels of 4 × 3. */
const mask = (n: number): Runs => packMask(Uint8Array.from({ length: 12 }, (_, i) => (i < n ? 1 : 0)));
const carried = (n: number, score = 0.9, overlap = 0.8): Carried => ({ mask: mask(n), score, overlap });

test('a mask ends where it vanishes, where the model doubts it, where it is elsewhere', () => {
  expect(endOf(carried(6), 0.5)).toBeNull();
  expect(endOf(carried(3), 0.5)).toBe('vanished');
  expect(endOf(carried(6, 0.4), 0.5)).toBe('score');
  expect(endOf(carried(6, 0.9, 0.05), 0.5)).toBe('jump');
});

test('each slice is asked with the mask of the one before; masks that are there stay and are carried on', async () => {
  const asked: [number, number][] = [];
  const carry: Carry = async (slice, from) => {
    asked.push([slice, from[1]]);
    return carried(10 - slice);
  };
  const got: [number, boolean][] = [];
  const there = (slice: number) => (slice === 4 ? mask(5) : null);
  const end = await carryOn({ at: 2, step: 1, last: 6 }, mask(9), 0.5, there, carry, (s, m) =>
    got.push([s, m !== null]),
  );
  expect(asked).toEqual([
    [3, 9],
    [5, 5],
    [6, 5],
  ]);
  expect(got).toEqual([
    [3, true],
    [4, false],
    [5, true],
    [6, true],
  ]);
  expect(end).toEqual({ slice: 6, why: 'range' });
});

test('a direction ends at the last good slice, or where it was stopped', async () => {
  const scores = [0.9, 0.9, 0.2];
  const down = await carryOn(
    { at: 5, step: -1, last: 0 },
    mask(8),
    0.5,
    () => null,
    async () => carried(8, scores.shift()),
    () => {},
  );
  expect(down).toEqual({ slice: 3, why: 'score' });
  const stopped = await carryOn(
    { at: 1, step: 1, last: 4 },
    mask(8),
    0.5,
    () => null,
    async () => null,
    () => {},
  );
  expect(stopped).toEqual({ slice: 1, why: 'stopped' });
});
