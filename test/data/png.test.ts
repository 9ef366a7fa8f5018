import { encode } from 'fast-png';
import { expect, test } from 'vitest';
import { decodePng, pngHeader } from '../../src/data/png';
import { chunk, deflate, header, type PngSpec, png, signature } from './imageBytes';

const decode = async (bytes: ArrayLike<number>) => decodePng(Uint8Array.from(bytes));

test.each<[string, PngSpec, number, number[]]>([
  ['grey 8', { width: 3, height: 1, rows: [[0, 128, 255]] }, 1, [0, 128, 255]],
  [
    'grey 1',
    {
      width: 10,
      height: 2,
      depth: 1,
      rows: [
        [0b10110000, 0b01000000],
        [0, 0b11000000],
      ],
    },
    1,
    [1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1],
  ],
  ['grey 2', { width: 5, height: 1, depth: 2, rows: [[0b00011011, 0b11000000]] }, 1, [0, 1, 2, 3, 3]],
  ['grey 4', { width: 3, height: 1, depth: 4, rows: [[0x0f, 0x70]] }, 1, [0, 15, 7]],
  ['grey 16', { width: 2, height: 1, depth: 16, rows: [[1, 2, 255, 254]] }, 1, [258, 65534]],
  ['grey + alpha', { width: 2, height: 1, colour: 4, rows: [[9, 255, 7, 0]] }, 2, [9, 255, 7, 0]],
  [
    'RGB',
    {
      width: 1,
      height: 2,
      colour: 2,
      rows: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    },
    3,
    [1, 2, 3, 4, 5, 6],
  ],
  ['RGB 16', { width: 1, height: 1, colour: 2, depth: 16, rows: [[0, 1, 1, 0, 255, 255]] }, 3, [1, 256, 65535]],
  ['RGBA', { width: 1, height: 1, colour: 6, rows: [[1, 2, 3, 4]] }, 4, [1, 2, 3, 4]],
  ['palette', { width: 3, height: 1, colour: 3, palette: [1, 2, 3, 9, 9, 9], rows: [[0, 1, 0]] }, 1, [0, 1, 0]],
  [
    'palette 1',
    { width: 3, height: 1, colour: 3, depth: 1, palette: [1, 2, 3, 9, 9, 9], rows: [[0b01000000]] },
    1,
    [0, 1, 0],
  ],
])('reads %s', async (_what, spec, channels, data) => {
  const image = await decode(await png(spec));
  expect(image).toMatchObject({ width: spec.width, height: spec.height, channels, depth: spec.depth ?? 8 });
  expect([...image.data]).toEqual(data);
});

test('reads interlaced pixels of 8 and 16 bits', async () => {
  const data = Uint8Array.from({ length: 11 * 7 * 3 }, (_, i) => (i * 37) % 256);
  const bytes = encode({ width: 11, height: 7, channels: 3, data }, { interlace: 'Adam7' });
  expect(bytes[28]).toBe(1);
  expect((await decode(bytes)).data).toEqual(data);
  const wide = Uint16Array.from({ length: 9 * 5 }, (_, i) => (i * 7919) % 65536);
  expect(
    (await decode(encode({ width: 9, height: 5, channels: 1, depth: 16, data: wide }, { interlace: 'Adam7' }))).data,
  ).toEqual(wide);
});

test('pixels in several chunks, other chunks passed over whatever they hold', async () => {
  const packed = await deflate([0, 1, 2]);
  const bomb = chunk('iCCP', [65, 0, 0, 1, 2, 3]);
  const bytes = [
    ...signature,
    ...header({ width: 2, height: 1 }),
    ...bomb,
    ...chunk('IDAT', packed.slice(0, 3)),
    ...chunk('IDAT', packed.slice(3)),
    ...chunk('IEND', []),
    7,
    7,
  ];
  expect([...(await decode(bytes)).data]).toEqual([1, 2]);
});

const one = { width: 2, height: 1 };
const withPixels = async (raw: number[], spec: Omit<PngSpec, 'rows'> = one) => [
  ...signature,
  ...header(spec),
  ...chunk('IDAT', await deflate(raw)),
  ...chunk('IEND', []),
];

test.each<[string, () => Promise<number[]>, RegExp]>([
  ['too few pixels', () => withPixels([0, 1]), /needs 3 bytes, the file unpacks to 2/],
  ['too many pixels', () => withPixels([0, 1, 2, 3]), /needs 3 bytes, the file unpacks to more/],
  ['a million bytes for two pixels', () => withPixels(new Array(1_000_000).fill(0)), /unpacks to more/],
  ['no pixels', async () => [...signature, ...header(one), ...chunk('IEND', [])], /do not unpack|unpacks to 0/],
  [
    'pixels that are no deflate stream',
    async () => [...signature, ...header(one), ...chunk('IDAT', [1, 2, 3, 4]), ...chunk('IEND', [])],
    /do not unpack/,
  ],
  [
    'a cut deflate stream',
    async () => [
      ...signature,
      ...header(one),
      ...chunk('IDAT', (await deflate([0, 1, 2])).slice(0, -5)),
      ...chunk('IEND', []),
    ],
    /do not unpack|unpacks to/,
  ],
  ['an unknown filter', () => withPixels([9, 1, 2]), /filter/i],
  ['no end', async () => (await png({ ...one, rows: [[1, 2]] })).slice(0, -12), /ends inside a chunk/],
  ['a cut chunk', async () => (await png({ ...one, rows: [[1, 2]] })).slice(0, -14), /ends inside a chunk/],
  [
    'a palette entry that is not there',
    () => png({ ...one, colour: 3, palette: [0, 0, 0], rows: [[0, 1]] }),
    /uses palette entry 1, the palette has 1/,
  ],
  ['no palette', () => png({ ...one, colour: 3, rows: [[0, 0]] }), /the palette has 0/],
  [
    'one-bit interlaced pixels',
    () => withPixels([0, 0], { ...one, depth: 1, interlace: 1 }),
    /1-bit interlaced pixels is not read — save it without/,
  ],
  ['colour type 5', () => withPixels([0, 1, 2], { ...one, colour: 5 }), /colour type 5/],
  ['3 bits', () => withPixels([0, 1], { ...one, depth: 3 }), /3 bits/],
])('refuses %s', async (_what, make, words) => {
  await expect(decode(await make())).rejects.toThrow(words);
});

test('a flipped bit anywhere in the pixels is noticed', async () => {
  const bytes = await png({ width: 4, height: 4, rows: [1, 2, 3, 4].map((v) => [v, v, v, v]) });
  const start = bytes.findIndex((_, i) => String.fromCharCode(...bytes.slice(i, i + 4)) === 'IDAT');
  for (let at = start; at < bytes.length - 16; at++) {
    const broken = [...bytes];
    broken[at] ^= 4;
    await expect(decode(broken)).rejects.toThrow();
  }
});

test('the header alone', () => {
  const bytes = Uint8Array.from([...signature, ...header({ width: 70000, height: 3, colour: 6, depth: 16 })]);
  expect(pngHeader(bytes)).toEqual({ width: 70000, height: 3, colour: 'rgba', depth: 16, interlaced: false });
  expect(() => pngHeader(bytes.subarray(0, 20))).toThrow(/without a header/);
});
