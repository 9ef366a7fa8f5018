// Images to pixels and back, with the same decoders in the page and in Node, so that pixels are equal everywhere.
import { encode } from 'fast-png';
import { type Bytes, blobName, startsWith } from './bytes';
import { ImageError, wordsOf } from './errors';
import { decodeJpeg, jpegHeader, jpegMagic } from './jpeg';
import { looksLike } from './otherFormats';
import { decodePng, pngHeader, pngMagic } from './png';

/** A decoded image: interleaved rows, height × width × channels. */
export interface DecodedImage {
  readonly format: 'png' | 'jpeg';
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA. */
  readonly channels: 1 | 2 | 3 | 4;
  readonly bitDepth: 8 | 16;
  readonly data: Uint8Array | Uint16Array;
  /** Samples as the file has them where `data` does not: palette indices, or grey of 1, 2 or 4 bits. height × width. */
  readonly codes?: Uint8Array;
}

/** 8-bit RGB, height × width × 3. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Most pixels of an image that is read. */
export const maxPixels = 100_000_000;
/** Deflate cannot unpack to more than this many times its length. */
const maxDeflateRatio = 1032;

function unknownFormat(head: Uint8Array): ImageError {
  if (head.length === 0) return new ImageError('the file is empty — get it again');
  const other = looksLike(head);
  return new ImageError(`it is neither PNG nor JPEG${other ? `; it looks like ${other}` : ''} — convert it to PNG`);
}

function checkSize(width: number, height: number, fileBytes: number): void {
  if (width === 0 || height === 0)
    throw new ImageError(`it claims ${width} × ${height} pixels — it is damaged; get it again`);
  const pixels = width * height;
  if (pixels > maxPixels) {
    throw new ImageError(
      `${width} × ${height} pixels are more than the ${maxPixels / 1e6} megapixels that are read — scale it down`,
    );
  }
  // At least one bit per pixel before packing.
  if (pixels / 8 > fileBytes * maxDeflateRatio) {
    throw new ImageError(
      `it claims ${width} × ${height} pixels but has only ${fileBytes} bytes — it is damaged; get it again`,
    );
  }
}

/** Width and height as stored (before orientation), from a PNG's or JPEG's header; `ImageError` for anything else. */
export function imageSize(bytes: Uint8Array): { format: 'png' | 'jpeg'; width: number; height: number } {
  if (startsWith(bytes, pngMagic)) return { format: 'png', ...pngHeader(bytes) };
  if (startsWith(bytes, jpegMagic)) return { format: 'jpeg', ...jpegHeader(bytes) };
  throw unknownFormat(bytes);
}

async function decodePngImage(bytes: Uint8Array): Promise<DecodedImage> {
  const { width, height, depth, channels, data, palette } = await decodePng(bytes);
  const common = { format: 'png', width, height } as const;
  if (palette) {
    const rgb = new Uint8Array(width * height * 3);
    for (let i = 0; i < data.length; i++) rgb.set(palette[data[i]], i * 3);
    return { ...common, channels: 3, bitDepth: 8, data: rgb, codes: data as Uint8Array };
  }
  if (depth < 8) {
    const scale = 255 / (2 ** depth - 1);
    return {
      ...common,
      channels: 1,
      bitDepth: 8,
      data: Uint8Array.from(data, (v) => v * scale),
      codes: data as Uint8Array,
    };
  }
  return { ...common, channels, bitDepth: depth === 16 ? 16 : 8, data };
}

/** Decodes the bytes of a PNG or JPEG; see `decodeImage`. */
export async function decodeBytes(bytes: Bytes): Promise<DecodedImage> {
  const { format, width, height } = imageSize(bytes);
  checkSize(width, height, bytes.length);
  return format === 'png' ? decodePngImage(bytes) : { format, bitDepth: 8, ...decodeJpeg(bytes) };
}

/**
 * Decodes a PNG (grey, RGB, with or without alpha, palette; 1 to 16 bits) or a JPEG (upright, as its Exif orientation
 * says). `ImageError` names the file, what it looks like and the remedy; sizes above `maxPixels` and sizes that the
 * file is too short for are refused before anything is allocated.
 */
export async function decodeImage(blob: Blob, name = blobName(blob, 'the image')): Promise<DecodedImage> {
  try {
    return await decodeBytes(new Uint8Array(await blob.arrayBuffer()));
  } catch (error) {
    if (!(error instanceof ImageError))
      throw new ImageError(`${name}: it does not decode (${wordsOf(error)}) — get it again or save it as PNG`, {
        cause: error,
      });
    throw new ImageError(`${name}: ${error.message}`, { cause: error });
  }
}

/** 8-bit RGB: 16 bits are scaled (257 levels become one), grey is repeated, alpha is dropped as PIL's convert('RGB') does. */
export function toRgb8(image: DecodedImage): RgbImage {
  const { width, height, channels, data } = image;
  const out = new Uint8Array(width * height * 3);
  const colours = channels >= 3 ? [0, 1, 2] : [0, 0, 0];
  const scale = image.bitDepth === 16 ? 1 / 257 : 1;
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) out[i * 3 + c] = Math.round(data[i * channels + colours[c]] * scale);
  }
  return { width, height, data: out };
}

/** Pixels as the bytes of a PNG; `data` is height × width × channels (default: RGB), 8 or 16 bits by its type. */
export function encodePng(image: {
  width: number;
  height: number;
  channels?: number;
  data: Uint8Array | Uint16Array;
}): Bytes {
  const { width, height, data } = image;
  const channels = image.channels ?? 3;
  if (data.length !== width * height * channels) {
    throw new ImageError(
      `encoding PNG: ${width} × ${height} × ${channels} needs ${width * height * channels} values, got ${data.length}`,
    );
  }
  return new Uint8Array(encode({ width, height, channels, data, depth: data instanceof Uint16Array ? 16 : 8 }));
}
