import { expect, test } from 'vitest';
import { elementCount, halfToFloat, readF32 } from '../../src/data/tensorFile';

const entry = (dtype: string, data: ArrayBufferView<ArrayBuffer>) => ({
  name: 'x',
  dtype,
  shape: [],
  bytes: data.byteLength,
  read: async () => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

test.each([
  ['F32', Float32Array.of(1.5, -0), [1.5, -0]],
  ['F64', Float64Array.of(0.1, 1e300), [Math.fround(0.1), Infinity]],
  [
    'F16',
    Uint16Array.of(0x3c00, 0x8000, 0x0001, 0x03ff, 0x7bff, 0xfc00),
    [1, -0, 2 ** -24, 1023 * 2 ** -24, 65504, -Infinity],
  ],
  ['BF16', Uint16Array.of(0x3f80, 0xc049, 0x0001), [1, -3.140625, 2 ** -133]],
  ['I64', BigInt64Array.of(-5n, 2n ** 40n), [-5, 2 ** 40]],
  ['I32', Int32Array.of(-2147483648), [-2147483648]],
  ['I16', Int16Array.of(-3), [-3]],
  ['I8', Int8Array.of(-1), [-1]],
  ['U8', Uint8Array.of(255), [255]],
  ['BOOL', Uint8Array.of(0, 1), [0, 1]],
])('%s becomes f32', async (dtype, data, expected) => {
  expect(await readF32(entry(dtype, data))).toEqual(Float32Array.from(expected));
});

test('f32 is not copied', async () => {
  const data = Float32Array.of(1, 2);
  expect((await readF32(entry('F32', data))).buffer).toBe(data.buffer);
});

test('every half agrees with its definition, NaN included', () => {
  for (let bits = 0; bits < 65536; bits += 7) {
    const [e, f] = [(bits >> 10) & 31, bits & 1023];
    const size = e === 31 ? (f ? NaN : Infinity) : e ? (1024 + f) * 2 ** (e - 25) : f * 2 ** -24;
    expect(halfToFloat(bits)).toBe(bits >> 15 ? -size : size);
  }
});

test('an unknown dtype is refused', async () => {
  await expect(readF32(entry('F8', new Uint8Array(1)))).rejects.toThrow(/dtype F8 cannot become f32/);
});

test.each([
  [[], 1],
  [[2, 3], 6],
  [[0, 2 ** 52, 2 ** 52], 0],
  [[2 ** 30, 2 ** 30], NaN],
  [[-1], NaN],
  [[1.5], NaN],
])('elements of %j', (shape, count) => {
  expect(elementCount(shape)).toBe(count);
});
