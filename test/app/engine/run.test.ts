import { expect, test } from 'vitest';
import { rowsOf } from '../../../src/app/engine/run';

const held = [
  ['fundus', 'optic disc'],
  ['fundus', 'optic cup'],
  ['fundus', 'optic disc'],
  ['dermoscopy', 'lesion'],
].map(([modality, className]) => ({ modality, item: { className } })) as never;

test('the table has a line per modality and class, with means over its objects', () => {
  const data = { train: [], heldOut: held };
  const rows = rowsOf({ data, before: [0.2, 0.5, 0.4, 1], after: [0.8, 0.5, 0.6, 0.9] });
  expect(rows.map((r) => [r.modality, r.className, r.n])).toEqual([
    ['fundus', 'optic disc', 2],
    ['fundus', 'optic cup', 1],
    ['dermoscopy', 'lesion', 1],
  ]);
  expect(rows[0].before).toBeCloseTo(0.3);
  expect(rows[0].after).toBeCloseTo(0.7);
});

test('what has not been measured is empty', () => {
  const data = { train: [], heldOut: held };
  expect(rowsOf({ data, before: null, after: null })).toEqual([]);
  expect(rowsOf({ data: null, before: null, after: null })).toEqual([]);
  expect(rowsOf({ data, before: [1, 1, 1, 1], after: null })[0].after).toBeNull();
});
