import { encode } from 'jpeg-js';
import { expect, test } from 'vitest';
import { decodeJpeg, jpegHeader, orient } from '../../src/data/jpeg';
import { endMarker, exif, greyJpeg } from './imageBytes';

const bytesOf = (bytes: ArrayLike<number>) => Uint8Array.from(bytes);

test('one component stays grey', () => {
  const image = decodeJpeg(bytesOf(greyJpeg()));
  expect(image).toMatchObject({ width: 16, height: 8, channels: 1 });
  expect(new Set(image.data)).toEqual(new Set([135]));
  expect(image.data).toHaveLength(128);
});

/** 16 × 8: left half red, right half blue; flat blocks survive JPEG within a few levels. */
const twoColours = () => {
  const data = new Uint8Array(16 * 8 * 4);
  for (let i = 0; i < 128; i++) data.set(i % 16 < 8 ? [200, 20, 20, 255] : [20, 20, 200, 255], i * 4);
  return [...encode({ width: 16, height: 8, data }, 100).data];
};
const near = (got: ArrayLike<number>, want: number[]) => want.every((v, i) => Math.abs(got[i] - v) < 6);

test('colour', () => {
  const { data, channels, width } = decodeJpeg(bytesOf(twoColours()));
  expect([channels, width]).toEqual([3, 16]);
  expect(near(data.subarray(0, 3), [200, 20, 20])).toBe(true);
  expect(near(data.subarray(45, 48), [20, 20, 200])).toBe(true);
});

test.each([
  [1, 16, 8, 'red blue'],
  [2, 16, 8, 'blue red'],
  [3, 16, 8, 'blue red'],
  [4, 16, 8, 'red blue'],
  [5, 8, 16, 'red blue'],
  [6, 8, 16, 'red blue'],
  [7, 8, 16, 'blue red'],
  [8, 8, 16, 'blue red'],
  [9, 16, 8, 'red blue'],
])('Exif orientation %i, both byte orders', (orientation, width, height, order) => {
  for (const little of [true, false]) {
    const plain = twoColours();
    const image = decodeJpeg(bytesOf([...plain.slice(0, 2), ...exif(orientation, little), ...plain.slice(2)]));
    expect([image.width, image.height]).toEqual([width, height]);
    const first = near(image.data.subarray(0, 3), [200, 20, 20]) ? 'red' : 'blue';
    const last = near(image.data.subarray(-3), [200, 20, 20]) ? 'red' : 'blue';
    expect(`${first} ${last}`).toBe(order);
  }
});

test('orientation of a picture with six different pixels', () => {
  const upright = [1, 2, 3, 4, 5, 6]; // 3 wide, 2 high
  const turned: Record<number, number[]> = {
    1: [1, 2, 3, 4, 5, 6],
    2: [3, 2, 1, 6, 5, 4],
    3: [6, 5, 4, 3, 2, 1],
    4: [4, 5, 6, 1, 2, 3],
    5: [1, 4, 2, 5, 3, 6],
    6: [4, 1, 5, 2, 6, 3],
    7: [6, 3, 5, 2, 4, 1],
    8: [3, 6, 2, 5, 1, 4],
  };
  for (const [orientation, want] of Object.entries(turned)) {
    expect([...orient(Uint8Array.from(upright), 3, 2, 1, Number(orientation)).data]).toEqual(want);
  }
});

const sof = (bytes: number[]) => bytes.findIndex((b, i) => b === 0xff && bytes[i + 1] === 0xc0);

test.each([
  ['cut before the frame', greyJpeg().slice(0, 30), /without a frame header/],
  ['cut inside the frame', greyJpeg().slice(0, sof(greyJpeg()) + 6), /without a frame header/],
  ['cut before the end', greyJpeg().slice(0, -2), /without its end marker/],
  [
    'pixels instead of a frame',
    [0xff, 0xd8, 0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, ...endMarker],
    /without a frame header/,
  ],
  ['lossless', greyJpeg({ marker: 0xc3 }), /lossless is not read/],
  ['arithmetic', greyJpeg({ marker: 0xc9 }), /arithmetic-coded is not read/],
  ['12 bits', greyJpeg({ marker: 0xc1, bits: 12 }), /12 bits is not read/],
  ['a size that so few bytes cannot fill', greyJpeg({ width: 9000, height: 9000 }), /9000 × 9000 pixels in \d+ bytes/],
  ['tables missing', greyJpeg().filter((_, i, all) => i < 2 || i >= sof(all)), /do not unpack/],
  ['blocks missing', greyJpeg({ width: 320, height: 64 }), /do not unpack/],
])('refuses: %s', (_what, bytes, words) => {
  expect(() => decodeJpeg(bytesOf(bytes))).toThrow(words);
});

test('the header alone, fill bytes and other segments skipped', () => {
  const more = [0xff, 0xfe, 0, 4, 65, 66, 0xff, 0xff];
  expect(jpegHeader(bytesOf(greyJpeg({ more })))).toEqual({ width: 16, height: 8, components: 1, orientation: 1 });
  const broken = exif(6).slice(0, 20);
  broken[3] = 18;
  expect(jpegHeader(bytesOf(greyJpeg({ more: broken }))).orientation).toBe(1);
});
