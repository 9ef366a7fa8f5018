import { expect, test } from 'vitest';
import { packMask } from '../../../src/app/document/runs';
import { statisticsOf } from '../../../src/app/engine/statistics';
import { imageInfo } from '../cases';

test('values of the voxels inside, over slices', () => {
  const info = imageInfo('a', { channels: 1, dims: [2, 2, 2] });
  const c = { info, values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, -8), labels: null };
  const masks = new Map([
    [0, packMask([0, 1, 1, 0])],
    [1, packMask([0, 0, 0, 1])],
  ]);
  const found = statisticsOf(c, masks)!;
  expect(found).toMatchObject({ voxels: 3, mean: -1, min: -8, max: 3 });
  expect(found.deviation).toBeCloseTo(Math.sqrt((9 + 16 + 49) / 3), 10);
  expect(statisticsOf(c, new Map())).toBeNull();
});

test('of colours the luma', () => {
  const info = imageInfo('a', { dims: [2, 1, 1] });
  const c = { info, values: Uint8Array.of(255, 0, 0, 10, 20, 30), labels: null };
  expect(statisticsOf(c, new Map([[0, packMask([1, 0])]]))?.mean).toBeCloseTo(76.245, 6);
});
