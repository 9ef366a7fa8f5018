// JPEG: markers are read here (size, kind, orientation) before anything is allocated; the decoder is jpeg-js.
// ITU-T T.81 (markers), CIPA DC-008 (Exif orientation).
import { decode } from 'jpeg-js';
import { startsWith, viewOf } from './bytes';
import { ImageError, wordsOf } from './errors';

/** What the markers say. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** Colour components: 1 grey, 3 colour, 4 CMYK. */
  readonly components: number;
  /** Exif orientation 1..8; 1 is upright. */
  readonly orientation: number;
}

/** The bytes that every JPEG begins with. */
export const jpegMagic = [0xff, 0xd8, 0xff];
const damaged = 'it is truncated or damaged; get it again';
const kinds: Record<number, string> = { 3: 'lossless', 9: 'arithmetic-coded', 10: 'arithmetic-coded', 11: 'lossless' };

/** Orientation from an APP1 segment (after its length); 1 where it holds none. */
function exifOrientation(segment: Uint8Array): number {
  if (segment.length < 20 || !startsWith(segment, 'Exif\0\0')) return 1;
  const tiff = viewOf(segment.subarray(6));
  const little = tiff.getUint16(0) === 0x4949;
  const ifd = tiff.getUint32(4, little);
  if (ifd + 2 > tiff.byteLength) return 1;
  for (let i = 0, at = ifd + 2; i < tiff.getUint16(ifd, little) && at + 12 <= tiff.byteLength; i++, at += 12) {
    if (tiff.getUint16(at, little) !== 0x112) continue;
    const value = tiff.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

function frameHeader(marker: number, segment: Uint8Array): Omit<JpegHeader, 'orientation'> {
  const view = viewOf(segment);
  if (segment.length < 6) throw new ImageError(`JPEG with a frame header of ${segment.length} bytes — ${damaged}`);
  const kind = marker > 0xc2 ? (kinds[marker & 15] ?? 'hierarchical') : '';
  if (kind || segment[0] !== 8) {
    throw new ImageError(
      `JPEG that is ${kind || `of ${segment[0]} bits`} is not read — save it as a usual 8-bit JPEG or as PNG`,
    );
  }
  return { height: view.getUint16(1), width: view.getUint16(3), components: segment[5] };
}

/** Size, components and orientation, from the markers before the pixels; `ImageError` where they are missing. */
export function jpegHeader(bytes: Uint8Array): JpegHeader {
  const view = viewOf(bytes);
  let orientation = 1;
  for (let at = 2; at + 4 <= bytes.length; ) {
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff) break;
    if (marker === 0xff) {
      at++; // fill byte
      continue;
    }
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length || end < at + 4) break;
    const segment = bytes.subarray(at + 4, end);
    if (marker === 0xe1 && orientation === 1) orientation = exifOrientation(segment);
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { ...frameHeader(marker, segment), orientation };
    if (marker === 0xda) break;
    at = end;
  }
  throw new ImageError(`JPEG without a frame header — ${damaged}`);
}

/** Whether the end marker is there: the decoder would fill a cut-off picture with grey. */
function hasEnd(bytes: Uint8Array): boolean {
  for (let at = bytes.length - 2; at > 2; at--) if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true;
  return false;
}

/** Where pixel (x, y) of the upright picture lies in the stored one of w × h. */
const stored: Record<number, (x: number, y: number, w: number, h: number) => [number, number]> = {
  2: (x, y, w) => [w - 1 - x, y],
  3: (x, y, w, h) => [w - 1 - x, h - 1 - y],
  4: (x, y, _w, h) => [x, h - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y, _w, h) => [y, h - 1 - x],
  7: (x, y, w, h) => [w - 1 - y, h - 1 - x],
  8: (x, y, w) => [w - 1 - y, x],
};

/** Turns an interleaved image as its Exif orientation asks. */
export function orient(data: Uint8Array, width: number, height: number, channels: number, orientation: number) {
  const from = stored[orientation];
  if (!from) return { data, width, height };
  const [w, h] = orientation >= 5 ? [height, width] : [width, height];
  const out = new Uint8Array(data.length);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const [sx, sy] = from(x, y, width, height);
      for (let c = 0; c < channels; c++) out[(y * w + x) * channels + c] = data[(sy * width + sx) * channels + c];
    }
  }
  return { data: out, width: w, height: h };
}

/** Decodes a JPEG whose size has been accepted, upright: grey (1 channel) or RGB (3). `ImageError` for damage. */
export function decodeJpeg(bytes: Uint8Array): { width: number; height: number; channels: 1 | 3; data: Uint8Array } {
  const header = jpegHeader(bytes);
  if (!hasEnd(bytes)) throw new ImageError(`JPEG without its end marker — ${damaged}`);
  // Each 8 × 8 block takes at least one bit, so this many pixels cannot come from so few bytes.
  if ((header.width * header.height) / 64 > bytes.length * 8) {
    throw new ImageError(`JPEG of ${header.width} × ${header.height} pixels in ${bytes.length} bytes — ${damaged}`);
  }
  let rgb: Uint8Array;
  try {
    rgb = decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxMemoryUsageInMB: 4096,
    }).data;
  } catch (error) {
    throw new ImageError(`JPEG pixel data do not unpack (${wordsOf(error)}) — ${damaged}`, { cause: error });
  }
  const { width, height, orientation } = header;
  const grey = header.components === 1;
  const data = grey ? Uint8Array.from({ length: width * height }, (_, i) => rgb[i * 3]) : rgb;
  return { ...orient(data, width, height, grey ? 1 : 3, orientation), channels: grey ? 1 : 3 };
}
