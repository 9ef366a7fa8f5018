/**
 * Masks as run lengths: row by row, the number of pixels outside, then inside, then outside, … (the first may be 0), in
 * sum the number of pixels. Values are never changed once made, so that documents and their histories share them.
 */
export type Runs = Uint32Array<ArrayBuffer>;

/** The runs of a mask (not 0 = inside), from element `from` on. */
export function packMask(mask: ArrayLike<number>, from = 0, length = mask.length - from): Runs {
  const out: number[] = [];
  let inside = false;
  let begin = 0;
  for (let i = 0; i < length; i++) {
    if ((mask[from + i] !== 0) === inside) continue;
    out.push(i - begin);
    begin = i;
    inside = !inside;
  }
  out.push(length - begin);
  return Uint32Array.from(out);
}

/** Writes `value` into `out` wherever the mask is inside; what lies outside is left alone. */
export function paintRuns(runs: Runs, out: Uint8Array, value = 1): void {
  let at = 0;
  for (let i = 0; i < runs.length; i++) {
    if (i % 2) out.fill(value, at, at + runs[i]);
    at += runs[i];
  }
}

/** The mask as 0 and 1. */
export function unpackMask(runs: Runs): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(lengthOf(runs));
  paintRuns(runs, out);
  return out;
}

/** Whether pixel `index` is inside. */
export function runsHold(runs: Runs, index: number): boolean {
  let end = 0;
  const at = runs.findIndex((n) => {
    end += n;
    return index < end;
  });
  return at % 2 === 1;
}

/** Number of pixels in and out. */
export function lengthOf(runs: Runs): number {
  return runs.reduce((sum, n) => sum + n, 0);
}

/** Number of pixels inside. */
export function areaOf(runs: Runs): number {
  return runs.reduce((sum, n, i) => (i % 2 ? sum + n : sum), 0);
}

/** Whether two masks are equal. */
export function sameRuns(a: Runs | null, b: Runs | null): boolean {
  if (a === b || !a || !b) return a === b;
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/** What is inside of either (`or`), of both (`and`), or of the first alone (`minus`). Throws where their sizes differ. */
export function combineRuns(a: Runs, b: Runs, how: 'or' | 'and' | 'minus'): Runs {
  const length = lengthOf(a);
  if (length !== lengthOf(b)) throw new Error(`masks: ${length} and ${lengthOf(b)} pixels cannot be combined`);
  const is = (p: boolean, q: boolean) => (how === 'or' ? p || q : how === 'and' ? p && q : p && !q);
  const out: number[] = [0];
  let [i, j, leftA, leftB, inside] = [0, 0, a[0], b[0], false];
  for (let at = 0; at < length; ) {
    while (!leftA) leftA = a[++i];
    while (!leftB) leftB = b[++j];
    const step = Math.min(leftA, leftB);
    const now = is(i % 2 === 1, j % 2 === 1);
    if (now !== inside) out.push(0);
    inside = now;
    out[out.length - 1] += step;
    at += step;
    leftA -= step;
    leftB -= step;
  }
  return Uint32Array.from(out);
}
