// RLE Lossless, the one packed transfer syntax of DICOM that needs no image codec: bytes of equal weight of all pixels one
// behind another, each such plane packed like PackBits. DICOM PS3.5, Annex G.
import { type Bytes, readSlice, viewOf } from './bytes';
import { VolumeError } from './errors';

/** Transfer syntax of RLE Lossless. */
export const rleSyntax = '1.2.840.10008.1.2.5';

/** Two packed bytes stand for at most 128. */
export const maxRleRatio = 64;

const damaged = 'it is truncated or damaged; get it again';

/** The pixels' fragments after the offset table, joined; `offset` is the first byte behind the pixel element's own header. */
export async function rleFrame(blob: Blob, offset: number, name: string): Promise<Bytes> {
  const bytes = await readSlice(blob, offset, blob.size, name);
  const view = viewOf(bytes);
  const parts: Bytes[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const tag = view.getUint32(at, true);
    const length = view.getUint32(at + 4, true);
    if (tag === 0xe0ddfffe) {
      const [, first, ...rest] = parts;
      if (!first) break;
      return rest.length ? new Uint8Array(await new Blob([first, ...rest]).arrayBuffer()) : first;
    }
    if (tag !== 0xe000fffe || at + 8 + length > bytes.length) break;
    parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  throw new VolumeError(`${name}: its RLE pixels do not end where they should — ${damaged}`);
}

/** One packed plane into every `step`-th byte of `out` from `from` on. */
function unpackPlane(packed: Bytes, out: Bytes, from: number, step: number): number {
  let to = from;
  for (let at = 0; at < packed.length && to < out.length; ) {
    const n = packed[at++];
    if (n === 128) continue;
    const literal = n < 128;
    const count = literal ? n + 1 : 257 - n;
    for (let k = 0; k < count && to < out.length; k++, to += step) {
      if (literal && at + k >= packed.length) return to;
      out[to] = packed[literal ? at + k : at];
    }
    at += literal ? count : 1;
  }
  return to;
}

/** The numbers of one frame, little-endian: `pixels` of `size` bytes each. `VolumeError` where it does not unpack to that. */
export function unpackRle(frame: Bytes, pixels: number, size: number, name: string): Bytes {
  const view = viewOf(frame);
  const planes = frame.length >= 64 ? view.getUint32(0, true) : 0;
  if (planes !== size)
    throw new VolumeError(`${name}: its RLE pixels have ${planes} planes, expected ${size} — ${damaged}`);
  const out = new Uint8Array(pixels * size);
  for (let p = 0; p < planes; p++) {
    const start = view.getUint32(4 + 4 * p, true);
    const end = p + 1 < planes ? view.getUint32(8 + 4 * p, true) : frame.length;
    if (start < 64 || end < start || end > frame.length)
      throw new VolumeError(`${name}: RLE plane ${p} lies at ${start} … ${end} of ${frame.length} bytes — ${damaged}`);
    // The most significant byte comes first.
    const to = unpackPlane(frame.subarray(start, end), out, size - 1 - p, size);
    if (to < out.length)
      throw new VolumeError(
        `${name}: RLE plane ${p} unpacks to ${Math.floor(to / size)} of ${pixels} pixels — ${damaged}`,
      );
  }
  return out;
}
