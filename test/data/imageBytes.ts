// Builds PNG and JPEG files byte by byte, so that tests can make them odd or wrong in one place.
import { crc32 } from '../../src/data/bytes';

const text = (words: string) => [...words].map((c) => c.charCodeAt(0));
const be32 = (n: number) => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
const be16 = (n: number) => [(n >> 8) & 255, n & 255];

export const chunk = (type: string, data: ArrayLike<number>): number[] => {
  const body = [...text(type), ...Array.from(data)];
  return [...be32(data.length), ...body, ...be32(crc32(Uint8Array.from(body)))];
};

export const deflate = async (bytes: ArrayLike<number>): Promise<Uint8Array> =>
  new Uint8Array(
    await new Response(
      new Blob([Uint8Array.from(bytes)]).stream().pipeThrough(new CompressionStream('deflate')),
    ).arrayBuffer(),
  );

export interface PngSpec {
  width: number;
  height: number;
  depth?: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey + alpha, 6 RGBA. */
  colour?: number;
  interlace?: number;
  /** Packed bytes of each row, without the filter byte. */
  rows: number[][];
  palette?: number[];
  /** Further chunks before the pixels. */
  more?: number[];
}

export const signature = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10];
export const header = ({ width, height, depth = 8, colour = 0, interlace = 0 }: Omit<PngSpec, 'rows'>) =>
  chunk('IHDR', [...be32(width), ...be32(height), depth, colour, 0, 0, interlace]);

/** A PNG of unfiltered rows. */
export async function png(spec: PngSpec): Promise<number[]> {
  const pixels = await deflate(spec.rows.flatMap((row) => [0, ...row]));
  const palette = spec.palette ? chunk('PLTE', spec.palette) : [];
  return [
    ...signature,
    ...header(spec),
    ...palette,
    ...(spec.more ?? []),
    ...chunk('IDAT', pixels),
    ...chunk('IEND', []),
  ];
}

/** The 8-bit grey PNG of a few values. */
export const greyPng = (width: number, height: number, values: ArrayLike<number>) =>
  png({
    width,
    height,
    rows: Array.from({ length: height }, (_, y) => Array.from(values).slice(y * width, (y + 1) * width)),
  });

const segment = (marker: number, data: number[]) => [0xff, marker, ...be16(data.length + 2), ...data];
export const endMarker = [0xff, 0xd9];

export interface JpegSpec {
  width?: number;
  height?: number;
  marker?: number;
  bits?: number;
  more?: number[];
}

/** A one-component baseline JPEG, 16 × 8 unless stated, all of grey 135: two blocks with the DC code "7" and "0". */
export const greyJpeg = ({ width = 16, height = 8, marker = 0xc0, bits = 8, more = [] }: JpegSpec = {}) => [
  0xff,
  0xd8,
  ...more,
  ...segment(0xdb, [0, ...new Array(64).fill(8)]),
  ...segment(marker, [bits, ...be16(height), ...be16(width), 1, 1, 0x11, 0]),
  ...segment(0xc4, [0x00, 1, 1, ...new Array(14).fill(0), 0, 3]),
  ...segment(0xc4, [0x10, 1, ...new Array(15).fill(0), 0]),
  ...segment(0xda, [1, 1, 0, 0, 63, 0]),
  0b10_111_0_0_0,
  ...endMarker,
];

/** An Exif segment that says nothing but the orientation, in either byte order. */
export const exif = (orientation: number, little = true) => {
  const n16 = (n: number) => (little ? [n & 255, n >> 8] : be16(n));
  const n32 = (n: number) => (little ? be32(n).reverse() : be32(n));
  const tiff = [
    ...text(little ? 'II' : 'MM'),
    ...n16(42),
    ...n32(8),
    ...n16(1),
    ...n16(0x112),
    ...n16(3),
    ...n32(1),
    ...n16(orientation),
    0,
    0,
    ...n32(0),
  ];
  return segment(0xe1, [...text('Exif\0\0'), ...tiff]);
};

export const blobOf = (bytes: ArrayLike<number>, name = 'made.png') => new File([Uint8Array.from(bytes)], name);
