/** From a mask on a slice of any plane to the masks along z that a document holds, and back. */
import type { CaseInfo } from './caseInfo';
import { type PlaneGeometry, stridesOf } from './planes';
import { packMask, paintRuns, type Runs, unpackMask } from './runs';

type Grid = Pick<CaseInfo, 'dims'>;

/**
 * The masks along z after the slice `slice` of plane `g` became `mask` (row by row as seen); slices that stay as they are
 * are left out, those that become empty are null.
 */
export function masksWith(
  { dims }: Grid,
  g: PlaneGeometry,
  slice: number,
  mask: Runs,
  before: ReadonlyMap<number, Runs>,
): Map<number, Runs | null> {
  const out = new Map<number, Runs | null>();
  const area = dims[0] * dims[1];
  const [start, dx, dy] = stridesOf(g, dims, slice);
  const values = unpackMask(mask);
  const touched = new Map<number, Uint8Array>();
  const sliceAt = (z: number): Uint8Array => {
    const found = touched.get(z) ?? new Uint8Array(area);
    const runs = before.get(z);
    if (!touched.has(z) && runs) paintRuns(runs, found);
    touched.set(z, found);
    return found;
  };
  for (let y = 0, i = 0; y < g.rows; y++) {
    for (let x = 0; x < g.columns; x++, i++) {
      const at = start + x * dx + y * dy;
      const z = Math.floor(at / area);
      // Nothing there and nothing to come: the slice need not be unpacked.
      if (!values[i] && !before.has(z) && !touched.has(z)) continue;
      sliceAt(z)[at - z * area] = values[i];
    }
  }
  for (const [z, pixels] of touched) {
    const runs = packMask(pixels);
    out.set(z, runs.length > 1 ? runs : null);
  }
  return out;
}

/** The mask of an object on a slice of plane `g`, row by row as seen. */
export function maskOn({ dims }: Grid, g: PlaneGeometry, slice: number, masks: ReadonlyMap<number, Runs>): Runs {
  const area = dims[0] * dims[1];
  const [start, dx, dy] = stridesOf(g, dims, slice);
  const out = new Uint8Array(g.columns * g.rows);
  const unpacked = new Map<number, Uint8Array | null>();
  for (let y = 0, i = 0; y < g.rows; y++) {
    for (let x = 0; x < g.columns; x++, i++) {
      const at = start + x * dx + y * dy;
      const z = Math.floor(at / area);
      let pixels = unpacked.get(z);
      if (pixels === undefined) {
        const runs = masks.get(z);
        pixels = runs ? unpackMask(runs) : null;
        unpacked.set(z, pixels);
      }
      if (pixels) out[i] = pixels[at - z * area];
    }
  }
  return packMask(out);
}
