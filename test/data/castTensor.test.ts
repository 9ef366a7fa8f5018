import { expect, test } from 'vitest';
import { castEntry, floatToBfloat, floatToHalf } from '../../src/data/castTensor';
import { f32Entry, halfToFloat, readF32, type TensorEntry } from '../../src/data/tensorFile';

test('every half value comes back, and ties between neighbours go to the even one', () => {
  for (let bits = 0; bits < 0x7c00; bits++) {
    const value = halfToFloat(bits);
    expect(floatToHalf(value)).toBe(bits);
    expect(floatToHalf(-value)).toBe(bits | 0x8000);
    const between = (value + halfToFloat(bits + 1)) / 2;
    if (bits < 0x7bff) expect(floatToHalf(between)).toBe(bits % 2 ? bits + 1 : bits);
  }
});

test.for([
  [65504, 0x7bff],
  [65519, 0x7bff],
  [65520, 0x7c00],
  [Number.POSITIVE_INFINITY, 0x7c00],
  [2 ** -26, 0],
  [2 ** -25, 0],
  [2 ** -25 + 2 ** -40, 1],
  [2 ** -14 - 2 ** -26, 0x0400],
])('%d becomes %d', ([value, bits]) => {
  expect(floatToHalf(value)).toBe(bits);
});

test('not a number stays none', () => {
  expect(halfToFloat(floatToHalf(Number.NaN))).toBeNaN();
  expect(floatToBfloat(Number.NaN) & 0x7fff).toBeGreaterThan(0x7f80);
});

test('bfloat16 rounds to nearest, ties to even', () => {
  expect([1, 1 + 2 ** -8, 1 + 3 * 2 ** -8, -2].map(floatToBfloat)).toEqual([0x3f80, 0x3f80, 0x3f82, 0xc000]);
});

test('entries: floats are cast, integers are not, what does not fit is refused', async () => {
  const x = f32Entry('x', [2, 2], Float32Array.of(1, 0.1, -3, 65504));
  const half = castEntry(x, 'F16');
  expect([half.dtype, half.shape, half.bytes]).toEqual(['F16', [2, 2], 8]);
  expect(await readF32(half)).toEqual(Float32Array.of(1, 0.0999755859375, -3, 65504));
  expect(await readF32(castEntry(half, 'F32'))).toEqual(await readF32(half));
  expect(castEntry(x, 'F32')).toBe(x);
  const whole: TensorEntry = { ...x, dtype: 'I32' };
  expect(castEntry(whole, 'F16')).toBe(whole);
  await expect(castEntry(f32Entry('big', [1], Float32Array.of(7e4)), 'F16').read()).rejects.toThrow(
    /big: 70000 is beyond what F16 holds — store it as BF16 or F32/,
  );
});
