import { expect, test } from 'vitest';
import { decodeImage, encodePng, imageSize, toRgb8 } from '../../src/data/image';
import { listShared, needShared, readShared } from '../harness/shared';
import { blobOf, chunk, deflate, greyJpeg, greyPng, header, png, signature } from './imageBytes';

const decode = async (bytes: ArrayLike<number>) => decodeImage(blobOf(bytes));

test('palettes become RGB and keep their indices', async () => {
  const image = await decode(
    await png({ width: 3, height: 1, colour: 3, palette: [9, 8, 7, 1, 2, 3], rows: [[1, 0, 1]] }),
  );
  expect(image).toMatchObject({ format: 'png', channels: 3, bitDepth: 8 });
  expect([...image.data]).toEqual([1, 2, 3, 9, 8, 7, 1, 2, 3]);
  expect([...image.codes!]).toEqual([1, 0, 1]);
});

test('grey of few bits spans 0..255 and keeps its codes', async () => {
  const image = await decode(await png({ width: 4, height: 1, depth: 2, rows: [[0b00011011]] }));
  expect([...image.data]).toEqual([0, 85, 170, 255]);
  expect([...image.codes!]).toEqual([0, 1, 2, 3]);
});

test('RGB of 8 bits: 16 bits scaled, grey repeated, alpha dropped', async () => {
  const deep = toRgb8(
    await decode(await png({ width: 3, height: 1, depth: 16, rows: [[0, 0, 0x80, 0x80, 255, 255]] })),
  );
  expect([...deep.data]).toEqual([0, 0, 0, 128, 128, 128, 255, 255, 255]);
  const clear = toRgb8(await decode(await png({ width: 1, height: 1, colour: 6, rows: [[1, 2, 3, 0]] })));
  expect([...clear.data]).toEqual([1, 2, 3]);
  const half = toRgb8(await decode(await png({ width: 1, height: 1, colour: 4, rows: [[7, 99]] })));
  expect([...half.data]).toEqual([7, 7, 7]);
  expect(toRgb8(await decode(greyJpeg())).data.subarray(0, 3)).toEqual(Uint8Array.of(135, 135, 135));
});

test.each([
  [1, new Uint8Array([1, 2, 3, 4, 5, 6])],
  [3, Uint8Array.from({ length: 18 }, (_, i) => i * 14)],
  [4, Uint8Array.from({ length: 24 }, (_, i) => i * 10)],
  [1, Uint16Array.of(0, 1, 256, 65535, 4, 5)],
])('a PNG of %i channels comes back as it was', async (channels, data) => {
  const image = await decode(encodePng({ width: 3, height: 2, channels, data }));
  expect(image).toMatchObject({ width: 3, height: 2, channels, bitDepth: data instanceof Uint16Array ? 16 : 8 });
  expect(image.data).toEqual(data);
  expect(() => encodePng({ width: 3, height: 3, channels, data })).toThrow(/needs .* values, got/);
});

const text = (words: string) => [...new TextEncoder().encode(words)];
const at = (offset: number, words: string) => [...new Array(offset).fill(0), ...text(words)];
const pngOf = (width: number, height: number) => [
  ...signature,
  ...header({ width, height }),
  ...chunk('IDAT', [1, 2, 3]),
  ...chunk('IEND', []),
];

test.each([
  ['nothing', [], /the file is empty/],
  ['a GIF', text('GIF89a...'), /looks like a GIF — convert it to PNG/],
  ['WebP', text('RIFF....WEBPVP8 '), /WebP/],
  ['HEIC', text('....ftypheic'), /HEIC/],
  ['TIFF', [0x49, 0x49, 0x2a, 0, 8, 0], /TIFF/],
  ['DICOM', at(128, 'DICM'), /DICOM/],
  ['NIfTI', at(344, 'n+1\0'), /NIfTI/],
  ['a web page', text('<html>'), /SVG or a web page/],
  ['a Git LFS pointer', text('version https://git-lfs.github.com/spec/v1'), /git lfs pull/],
  ['noise', [7, 7, 7, 7], /neither PNG nor JPEG — convert/],
  ['a gigapixel', pngOf(40000, 30000), /40000 × 30000 pixels are more than the 100 megapixels/],
  ['a size that overflows', pngOf(0xffffffff, 0xffffffff), /more than the 100 megapixels/],
  ['no pixels at all', pngOf(0, 5), /claims 0 × 5 pixels/],
  ['a size that so few bytes cannot fill', pngOf(9000, 9000), /claims 9000 × 9000 pixels but has only 60 bytes/],
  ['a large JPEG size', greyJpeg({ width: 60000, height: 60000 }), /more than the 100 megapixels/],
  ['a JPEG without pixels', greyJpeg({ height: 0 }), /claims 16 × 0 pixels/],
  ['a cut PNG', pngOf(2, 2).slice(0, 40), /ends inside a chunk/],
])('says what is wrong with %s, and in which file', async (_what, bytes, words) => {
  await expect(decodeImage(blobOf(bytes, 'case7.png'))).rejects.toThrow(words);
  await expect(decodeImage(blobOf(bytes, 'case7.png'))).rejects.toThrow(/^case7\.png: /);
});

test('what the decoder itself says is passed on', async () => {
  const bytes = [
    ...signature,
    ...header({ width: 1, height: 1 }),
    ...chunk('IDAT', await deflate([9, 1])),
    ...chunk('IEND', []),
  ];
  await expect(decodeImage(blobOf(bytes, 'case7.png'))).rejects.toThrow(
    /^case7\.png: it does not decode \(Unsupported filter: 9\)/,
  );
});

test('sizes from headers', async () => {
  expect(imageSize(Uint8Array.from(await greyPng(3, 2, [1, 2, 3, 4, 5, 6])))).toMatchObject({
    format: 'png',
    width: 3,
    height: 2,
  });
  expect(imageSize(Uint8Array.from(greyJpeg()))).toMatchObject({ format: 'jpeg', width: 16, height: 8 });
});

test('every picture of the sample data decodes to the size that its index states', async (context) => {
  await needShared(context, 'data');
  let count = 0;
  for (const folder of await listShared('data')) {
    if (!folder.endsWith('/') || !(await listShared('data', folder)).includes('index.json')) continue;
    const index = JSON.parse(new TextDecoder().decode(await readShared('data', `${folder}index.json`))) as Record<
      string,
      unknown
    >[];
    for (const entry of index.filter((e) => typeof e.image === 'string').slice(0, 2)) {
      const image = await decodeImage(
        new Blob([await readShared('data', `${folder}${entry.image}`)]),
        `${folder}${entry.image}`,
      );
      expect([image.width, image.height]).toEqual([entry.width, entry.height]);
      expect(image.channels).toBe(entry.mode === 'L' ? 1 : 3);
      count++;
    }
  }
  expect(count).toBeGreaterThan(10);
});
