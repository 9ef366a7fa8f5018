import { expect, test } from 'vitest';
import { sorted } from '../../src/data/dicomOrder';
import type { DicomSlice } from '../../src/data/dicomSlice';

/** Axial slices at these heights, in mm. */
const at = (...heights: number[]) =>
  heights.map(
    (z) =>
      ({
        name: `${z}`,
        position: [1, 2, z],
        orientation: [
          [1, 0, 0],
          [0, 1, 0],
        ],
      }) as unknown as DicomSlice,
  );
const order = (rule: 'refuse' | 'longest', ...heights: number[]) => {
  const told = { notes: [] as string[], warnings: [] as string[] };
  return { names: sorted(at(...heights), rule, told).map((s) => s.name), ...told };
};

test('slices come in the order of their positions; a little unevenness is noted', () => {
  expect(order('refuse', 4, 0, 2)).toEqual({ names: ['0', '2', '4'], notes: [], warnings: [] });
  expect(order('refuse', 4.06, 0, 2).notes).toEqual([expect.stringMatching(/a little unevenly spaced/)]);
  expect(order('refuse', 3).names).toEqual(['3']);
});

test('of a series with gaps the longest stretch, wherever it lies', () => {
  expect(order('longest', 0, 2, 4, 20, 22, 24, 26, 50).names).toEqual(['20', '22', '24', '26']);
  expect(order('longest', 0, 2, 4, 6, 20, 22).names).toEqual(['0', '2', '4', '6']);
  expect(order('longest', 0, 20, 22, 24).names).toEqual(['20', '22', '24']);
  expect(order('longest', 0, 2, 4, 9).warnings).toEqual([
    'slices are missing (5.000 mm between 4 and 9, elsewhere 2.000 mm); the longest stretch without a gap is opened, 3 of 4 slices, 0 to 4',
  ]);
  expect(() => order('refuse', 0, 2, 4, 9)).toThrow(/9: slices are unevenly spaced .* get the whole series/);
});

test('two slices at one place are refused, whatever the rule', () => {
  expect(() => order('longest', 0, 2, 2, 4)).toThrow(/lies at the same place as/);
});
