import { expect, test } from 'vitest';
import { overlapOf } from '../../../src/app/engine/carry';

test('overlap of two masks', () => {
  const of = (...v: number[]) => Uint8Array.from(v);
  expect(overlapOf(of(1, 1, 0, 0), of(0, 1, 1, 0))).toBeCloseTo(1 / 3, 12);
  expect(overlapOf(of(1, 1), of(1, 1))).toBe(1);
  expect(overlapOf(of(0, 0), of(0, 0))).toBe(0);
});
