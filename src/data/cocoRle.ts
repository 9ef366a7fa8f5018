// Masks as COCO keeps them: run lengths down the columns, packed into text. The packing is that of the COCO API
// (maskApi.c): differences to the run two before, five bits a character. https://cocodataset.org/#format-data

/** Lengths of the runs outside, inside, outside, … column by column; the first may be 0. */
export function cocoCounts(mask: ArrayLike<number>, width: number, height: number): number[] {
  const out: number[] = [];
  let inside = false;
  let run = 0;
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      if ((mask[y * width + x] !== 0) !== inside) {
        out.push(run);
        run = 0;
        inside = !inside;
      }
      run++;
    }
  }
  out.push(run);
  return out;
}

/** The counts as COCO's text. */
export function packCounts(counts: readonly number[]): string {
  const codes: number[] = [];
  for (const [i, count] of counts.entries()) {
    let left = i > 2 ? count - counts[i - 2] : count;
    for (let more = true; more; ) {
      const bits = left & 0x1f;
      left >>= 5;
      more = bits & 0x10 ? left !== -1 : left !== 0;
      codes.push((more ? bits | 0x20 : bits) + 48);
    }
  }
  // In pieces: a call takes only so many arguments.
  const parts: string[] = [];
  for (let at = 0; at < codes.length; at += 8192) parts.push(String.fromCharCode(...codes.slice(at, at + 8192)));
  return parts.join('');
}

/** The counts in COCO's text; null where it is none, or holds more than `most` numbers. */
export function unpackCounts(text: string, most: number): number[] | null {
  const out: number[] = [];
  for (let at = 0; at < text.length; ) {
    let [value, shift, bits] = [0, 0, 0x20];
    while (bits & 0x20) {
      bits = text.charCodeAt(at++) - 48;
      // NaN behind the end, too. Seven times five bits hold any count.
      if (!(bits >= 0 && bits < 64) || shift > 30) return null;
      value |= (bits & 0x1f) << shift;
      shift += 5;
    }
    if (bits & 0x10 && shift < 32) value |= -1 << shift;
    const count = out.length > 2 ? value + out[out.length - 2] : value;
    if (count < 0 || out.length >= most) return null;
    out.push(count);
  }
  return out;
}

/** The mask that counts describe, x fastest; null where they are not exactly those of `width` × `height` pixels. */
export function maskOfCounts(counts: readonly number[], width: number, height: number): Uint8Array<ArrayBuffer> | null {
  if (counts.reduce((sum, n) => sum + n, 0) !== width * height) return null;
  const out = new Uint8Array(width * height);
  let at = 0;
  for (const [i, count] of counts.entries()) {
    for (const end = at + count; at < end; at++) if (i % 2) out[(at % height) * width + Math.floor(at / height)] = 1;
  }
  return out;
}
