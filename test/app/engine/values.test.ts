import { expect, test } from 'vitest';
import { probeAt, windowOf } from '../../../src/app/engine/values';
import { imageInfo, volumeInfo } from '../cases';

test('values by voxel, a number a channel', () => {
  const volume = { info: volumeInfo(), values: Float32Array.from({ length: 60 }, (_, i) => i), labels: null };
  expect(probeAt(volume, [1, 2, 3])).toEqual([1 + 4 * (2 + 3 * 3)]);
  expect(probeAt(volume, [4, 0, 0])).toEqual([]);
  expect(probeAt(volume, [0, -1, 0])).toEqual([]);
  const image = { info: imageInfo(), values: Uint8Array.from({ length: 48 }, (_, i) => i), labels: null };
  expect(probeAt(image, [1, 1, 0])).toEqual([15, 16, 17]);
});

test('percentiles of all voxels, or of those that are no background; the range where they are equal', () => {
  const values = Float32Array.from({ length: 2000 }, (_, i) => (i < 1000 ? 0 : i));
  const c = { info: volumeInfo('v', { range: [0, 1999] }), values, labels: null };
  const all = windowOf(c, 'percentile');
  expect(all[0]).toBe(0);
  expect(all[1]).toBeCloseTo(1989, 0);
  expect(windowOf(c, 'mri')[0]).toBeCloseTo(1005, 0);
  const flat = { info: volumeInfo('v', { range: [3, 3] }), values: new Float32Array(60).fill(3), labels: null };
  expect(windowOf(flat, 'percentile')).toEqual([3, 3]);
});
