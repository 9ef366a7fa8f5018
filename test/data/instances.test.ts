import { expect, test } from 'vitest';
import { caseOf, instancesOf, numberInstances } from '../../src/data/instances';

test('parts that touch at a corner are one; the others are objects of their own, in raster order', () => {
  const mask = Uint8Array.from([1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1]);
  const parts = instancesOf({ name: 'cell', mask }, 4, 3);
  expect(parts.map((p) => [...p.mask].flatMap((v, i) => (v ? [i] : [])))).toEqual([[0, 5], [3], [11]]);
  expect(parts.every((p) => p.name === 'cell')).toBe(true);
  const one = { name: 'cell', mask: Uint8Array.of(0, 1, 1) };
  expect(instancesOf(one, 3, 1)).toEqual([one]);
});

test('only classes that occur several times get numbers', () => {
  const objects = ['a', 'b', 'a'].map((className) => ({ id: 'x.png', className }));
  expect(numberInstances(objects).map((o) => o.id)).toEqual(['x.png#1', 'x.png', 'x.png#2']);
  expect(['x.png#12', 'x.png', 'x#1.png'].map(caseOf)).toEqual(['x.png', 'x.png', 'x#1.png']);
});
