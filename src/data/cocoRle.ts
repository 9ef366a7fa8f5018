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
