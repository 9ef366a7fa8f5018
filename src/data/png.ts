// PNG: the header and the length of the pixel data are checked here, before anything is allocated; unfiltering is
// fast-png's. https://www.w3.org/TR/png-3/
import { decode } from 'fast-png';
import { crc32, startsWith, viewOf } from './bytes';
import { ImageError, wordsOf } from './errors';

/** What the first chunk says. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits per sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  readonly colour: 'grey' | 'rgb' | 'palette' | 'greyAlpha' | 'rgba';
  readonly interlaced: boolean;
}

/** Samples as stored, one per array element; for a palette image its indices and colours. */
export interface PngPixels extends PngHeader {
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array | Uint16Array;
  /** [r, g, b] per index. */
  readonly palette?: readonly (readonly number[])[];
}

/** The bytes that every PNG begins with. */
export const pngMagic = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const kinds = { 0: ['grey', 1], 2: ['rgb', 3], 3: ['palette', 1], 4: ['greyAlpha', 2], 6: ['rgba', 4] } as const;
const damaged = 'it is truncated or damaged; get it again';

/** The header, from the file's first 29 bytes or more; `ImageError` where it is none that the format allows. */
export function pngHeader(bytes: Uint8Array): PngHeader {
  if (bytes.length < 29 || !startsWith(bytes, pngMagic) || !startsWith(bytes, 'IHDR', 12)) {
    throw new ImageError(`PNG without a header — ${damaged}`);
  }
  const view = viewOf(bytes);
  const [depth, code, , , interlace] = bytes.subarray(24, 29);
  const kind = kinds[code as keyof typeof kinds];
  if (!kind || ![1, 2, 4, 8, 16].includes(depth) || interlace > 1) {
    throw new ImageError(
      `PNG of colour type ${code}, ${depth} bits, interlace ${interlace}, which the format does not have — ${damaged}`,
    );
  }
  return { width: view.getUint32(16), height: view.getUint32(20), depth, colour: kind[0], interlaced: interlace === 1 };
}

const channelsOf = (h: PngHeader) =>
  ({ grey: 1, palette: 1, greyAlpha: 2, rgb: 3, rgba: 4 })[h.colour] as 1 | 2 | 3 | 4;

/** Bytes of the unpacked pixel data: a filter byte and the packed samples per row, of each of Adam7's seven passes. */
function rawBytes(h: PngHeader): number {
  const bits = h.depth * channelsOf(h);
  const pass = (w: number, rows: number) => (w > 0 ? rows * (1 + Math.ceil((w * bits) / 8)) : 0);
  if (!h.interlaced) return pass(h.width, h.height);
  const grid = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ];
  const sizes = grid.map(([x, y, dx, dy]) =>
    pass(Math.ceil((h.width - x) / dx), Math.max(0, Math.ceil((h.height - y) / dy))),
  );
  return sizes.reduce((sum, n) => sum + n, 0);
}

/** The chunks that pixels need, with their checksums checked. Others may hold compressed data of any size. */
function pixelChunks(bytes: Uint8Array): { type: string; chunk: Uint8Array; data: Uint8Array }[] {
  const view = viewOf(bytes);
  const out: { type: string; chunk: Uint8Array; data: Uint8Array }[] = [];
  for (let at = 8; ; ) {
    const length = at + 12 <= bytes.length ? view.getUint32(at) : Number.POSITIVE_INFINITY;
    if (at + 12 + length > bytes.length) throw new ImageError(`PNG ends inside a chunk at byte ${at} — ${damaged}`);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const chunk = bytes.subarray(at, at + 12 + length);
    if (['IHDR', 'PLTE', 'IDAT', 'IEND'].includes(type)) {
      if (crc32(chunk.subarray(4, 8 + length)) !== view.getUint32(at + 8 + length)) {
        throw new ImageError(`PNG chunk ${type} at byte ${at} does not have its checksum — ${damaged}`);
      }
      out.push({ type, chunk, data: chunk.subarray(8, 8 + length) });
    }
    at += 12 + length;
    if (type === 'IEND') return out;
  }
}

/** Unpacks the pixel data once, only counting: more than the header allows is refused as soon as it comes. */
async function checkPixelBytes(parts: Uint8Array[], expected: number): Promise<void> {
  const stream = new Blob(parts as Uint8Array<ArrayBuffer>[]).stream().pipeThrough(new DecompressionStream('deflate'));
  const reader = stream.getReader();
  let count = 0;
  try {
    for (let r = await reader.read(); !r.done && count <= expected; r = await reader.read()) count += r.value.length;
  } catch (error) {
    throw new ImageError(`PNG pixel data do not unpack (${wordsOf(error)}) — ${damaged}`, { cause: error });
  } finally {
    reader.cancel().catch(() => {}); // a stream that failed has nothing left to cancel
  }
  if (count !== expected) {
    const got = count > expected ? 'more' : `${count}`;
    throw new ImageError(`PNG pixel data: the header needs ${expected} bytes, the file unpacks to ${got} — ${damaged}`);
  }
}

/** Samples of 1, 2 or 4 bits, which begin anew at a byte in each row, as one per byte. */
function unpackSamples(packed: Uint8Array, width: number, height: number, depth: number): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  const out = new Uint8Array(width * height);
  const mask = (1 << depth) - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      out[y * width + x] = (packed[y * rowBytes + (bit >> 3)] >> (8 - depth - (bit & 7))) & mask;
    }
  }
  return out;
}

/** Decodes a PNG whose size has been accepted; `ImageError` for damage, lying headers and what is not read. */
export async function decodePng(bytes: Uint8Array): Promise<PngPixels> {
  const header = pngHeader(bytes);
  if (header.interlaced && header.depth < 8) {
    throw new ImageError(`PNG with ${header.depth}-bit interlaced pixels is not read — save it without interlacing`);
  }
  const chunks = pixelChunks(bytes);
  await checkPixelBytes(
    chunks.filter((c) => c.type === 'IDAT').map((c) => c.data),
    rawBytes(header),
  );
  const plain = new Uint8Array(
    await new Blob([bytes.subarray(0, 8), ...chunks.map((c) => c.chunk)] as Uint8Array<ArrayBuffer>[]).arrayBuffer(),
  );
  const image = decode(plain);
  const { width, height, depth } = header;
  const data =
    depth < 8
      ? unpackSamples(image.data as Uint8Array, width, height, depth)
      : (image.data as Uint8Array | Uint16Array);
  if (header.colour !== 'palette') return { ...header, channels: channelsOf(header), data };
  const palette = image.palette ?? [];
  let last = 0;
  for (const index of data) last = Math.max(last, index);
  if (last >= palette.length)
    throw new ImageError(`PNG uses palette entry ${last}, the palette has ${palette.length} — ${damaged}`);
  return { ...header, channels: 1, data, palette };
}
