import { expect, test } from 'vitest';
import { packMask } from '../../src/app/document/runs';
import { measuresOf, showMl } from '../../src/app/objectMeasures';
import type { Affine } from '../../src/data/affine';

const mask = (n: number) => packMask(Uint8Array.from({ length: 12 }, (_, i) => (i < n ? 1 : 0)));

test('voxels times the volume of one, which in a sheared grid is no product of spacings', () => {
  const sheared: Affine = [
    [2, 1, 0, 0],
    [0, 3, 0, 0],
    [0, 0, 5, 0],
    [0, 0, 0, 1],
  ];
  const masks = new Map([
    [4, mask(3)],
    [2, mask(7)],
  ]);
  expect(measuresOf({ affine: sheared }, { masks })).toEqual({ voxels: 10, ml: 0.3, first: 2, last: 4 });
  expect(measuresOf({ affine: sheared }, { masks: new Map() })).toBeNull();
});

test('millilitres with the digits that count', () => {
  expect([0.0834, 1.234, 12.36, 123.4, 1520].map(showMl)).toEqual([
    '0.083 ml',
    '1.2 ml',
    '12.4 ml',
    '123 ml',
    '1.52 l',
  ]);
});
