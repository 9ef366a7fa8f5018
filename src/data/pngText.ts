// Texts in a PNG: international text chunks (iTXt), which every reader passes over that does not know their keyword.
// https://www.w3.org/TR/png-3/#11iTXt
import { type Bytes, crc32, startsWith, viewOf } from './bytes';
import { ImageError } from './errors';
import { pngMagic } from './png';

/** Behind the signature and the header chunk. */
const BEHIND_HEADER = 8 + 12 + 13;

/** Most bytes before the pixels that are looked through. */
const MAX_BEFORE = 2 ** 20;

/** The PNG with a text chunk behind its header; `keyword` 1 to 79 characters of ASCII. */
export function withPngText(png: Bytes, keyword: string, text: string): Bytes {
  if (!startsWith(png, pngMagic) || !startsWith(png, 'IHDR', 12)) throw new ImageError('text in a PNG: it is no PNG');
  // Keyword, 0, not compressed, method 0, no language, no translated keyword.
  const data = new TextEncoder().encode(`${keyword}\0\0\0\0\0${text}`);
  const chunk = new Uint8Array(12 + data.length);
  const view = viewOf(chunk);
  view.setUint32(0, data.length);
  chunk.set(new TextEncoder().encode('iTXt'), 4);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  const out = new Uint8Array(png.length + chunk.length);
  out.set(png.subarray(0, BEHIND_HEADER));
  out.set(chunk, BEHIND_HEADER);
  out.set(png.subarray(BEHIND_HEADER), BEHIND_HEADER + chunk.length);
  return out;
}

/**
 * The text under `keyword` before the pixels, if it is whole, not compressed and at most `most` bytes; else null. `start`: the
 * file, or its beginning.
 */
export function pngText(start: Uint8Array, keyword: string, most: number): string | null {
  if (!startsWith(start, pngMagic)) return null;
  const view = viewOf(start);
  const end = Math.min(start.length, MAX_BEFORE);
  for (let at = 8; at + 12 <= end; ) {
    const length = view.getUint32(at);
    if (startsWith(start, 'IDAT', at + 4) || at + 12 + length > end) return null;
    const data = start.subarray(at + 8, at + 8 + length);
    if (startsWith(start, 'iTXt', at + 4) && startsWith(data, `${keyword}\0\0`) && length <= most) {
      const whole = crc32(start.subarray(at + 4, at + 8 + length)) === view.getUint32(at + 8 + length);
      return whole ? textBehind(data, keyword.length + 3) : null;
    }
    at += 12 + length;
  }
  return null;
}

/** What follows the language and the translated keyword, each of which ends with a 0. */
function textBehind(data: Uint8Array, from: number): string | null {
  const language = data.indexOf(0, from);
  const translated = language < 0 ? -1 : data.indexOf(0, language + 1);
  return translated < 0 ? null : new TextDecoder().decode(data.subarray(translated + 1));
}
