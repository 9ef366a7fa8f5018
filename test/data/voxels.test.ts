import { expect, test } from 'vitest';
import { decodeVoxels, takePart } from '../../src/data/voxels';

const plain = { slope: 1, intercept: 0 };

test('byte order, and bytes that begin inside a buffer', () => {
  expect([...decodeVoxels(Uint8Array.of(1, 2, 3, 4), { dtype: 'uint16', endian: 'big', ...plain })]).toEqual([
    258, 772,
  ]);
  const inside = new Uint8Array(Uint8Array.of(9, 9, 0, 0, 128, 63).buffer, 2);
  expect(() => decodeVoxels(inside.slice(), { dtype: 'float32', endian: 'little', ...plain })).not.toThrow();
  expect([...decodeVoxels(inside.slice(), { dtype: 'float32', endian: 'little', ...plain })]).toEqual([1]);
});

test('a scale makes floats, wide enough for what was stored', () => {
  const scale = { endian: 'little', slope: 0.5, intercept: -1 } as const;
  expect(decodeVoxels(Uint8Array.of(4), { dtype: 'uint8', ...scale })).toEqual(Float32Array.of(1));
  const wide = new Uint8Array(Int32Array.of(2 ** 31 - 1).buffer);
  expect(decodeVoxels(wide, { dtype: 'int32', ...scale })).toEqual(Float64Array.of((2 ** 31 - 1) / 2 - 1));
});

test('parts of interleaved numbers, and types that are none', () => {
  expect([...takePart(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 2, 2, 1)]).toEqual([3, 4, 7, 8]);
  expect(() => decodeVoxels(new Uint8Array(2), { dtype: 'float16', endian: 'little', ...plain })).toThrow(
    /type float16 are not read — there are uint8/,
  );
});
