/** Brush strokes and lassos as pixels. Pure arrays; places are in pixels of the slice, (0, 0) the outer corner of the first. */
import type { PlaneGeometry } from './planes';

/** A place on a slice. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

type Slice = Pick<PlaneGeometry, 'columns' | 'rows' | 'pixel'>;

/**
 * The pixels of a stroke along `path` (1: inside), row by row: those whose middle is within half of `diameter`, and those
 * that the path's points lie in. The diameter is in units of the smaller side of a pixel, so that a brush is round on the
 * screen where pixels are not square.
 */
export function strokeMask(g: Slice, path: readonly Spot[], diameter: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(g.columns * g.rows);
  const set = (x: number, y: number) => {
    if (x >= 0 && y >= 0 && x < g.columns && y < g.rows) out[y * g.columns + x] = 1;
  };
  for (const [i, to] of path.entries()) {
    set(Math.floor(to.x), Math.floor(to.y));
    paintSegment(g, path[Math.max(0, i - 1)], to, diameter / 2, set);
  }
  return out;
}

function paintSegment(g: Slice, a: Spot, b: Spot, radius: number, set: (x: number, y: number) => void): void {
  const [px, py] = g.pixel;
  const reach = [radius / px, radius / py];
  const range = (p: number, q: number, r: number, n: number) =>
    [Math.max(0, Math.floor(Math.min(p, q) - r)), Math.min(n - 1, Math.ceil(Math.max(p, q) + r))] as const;
  const [x0, x1] = range(a.x, b.x, reach[0], g.columns);
  const [y0, y1] = range(a.y, b.y, reach[1], g.rows);
  const [dx, dy] = [(b.x - a.x) * px, (b.y - a.y) * py];
  const length = dx * dx + dy * dy;
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      const [ux, uy] = [(x + 0.5 - a.x) * px, (y + 0.5 - a.y) * py];
      const t = length ? Math.min(1, Math.max(0, (ux * dx + uy * dy) / length)) : 0;
      if ((ux - t * dx) ** 2 + (uy - t * dy) ** 2 <= radius * radius) set(x, y);
    }
  }
}

/** The pixels whose middle lies in a polygon (even-odd), row by row; it is closed from its last corner to the first. */
export function polygonMask({ columns, rows }: Slice, corners: readonly Spot[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(columns * rows);
  for (let y = 0; y < rows; y++) {
    const cuts: number[] = [];
    for (const [i, a] of corners.entries()) {
      const b = corners[(i + 1) % corners.length];
      const middle = y + 0.5;
      if (a.y <= middle === b.y <= middle) continue;
      cuts.push(a.x + ((middle - a.y) / (b.y - a.y)) * (b.x - a.x));
    }
    cuts.sort((p, q) => p - q);
    for (let i = 0; i + 1 < cuts.length; i += 2) {
      const from = Math.max(0, Math.ceil(cuts[i] - 0.5));
      const to = Math.min(columns, Math.ceil(cuts[i + 1] - 0.5));
      if (to > from) out.fill(1, y * columns + from, y * columns + to);
    }
  }
  return out;
}
