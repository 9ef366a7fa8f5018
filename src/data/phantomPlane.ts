// One plane through a body in millimetres: what the volume phantoms are drawn on, plane by plane. Noise is a function of
// the place alone, so that a single slice is the same as that slice of the whole volume.
import { clamp, hash32 } from './drawMath';

/** A plane across z. x grows to the patient's left, y backwards, z upwards; the middle of the plane is x = y = 0. */
export interface Plane {
  readonly nx: number;
  readonly ny: number;
  /** mm from pixel to pixel. */
  readonly sx: number;
  readonly sy: number;
  /** mm. */
  readonly z: number;
}

/** A value for every pixel from its place in mm; (ny, nx). */
export function fieldOf({ nx, ny, sx, sy }: Plane, at: (x: number, y: number, i: number) => number): Float32Array {
  const out = new Float32Array(nx * ny);
  for (let r = 0, i = 0; r < ny; r++) {
    const y = (r - (ny - 1) / 2) * sy;
    for (let c = 0; c < nx; c++, i++) out[i] = at((c - (nx - 1) / 2) * sx, y, i);
  }
  return out;
}

/** A new field from one; a plain loop, which is several times as fast as typed arrays' own map. */
export function mapOf(field: Float32Array, f: (v: number, i: number) => number): Float32Array {
  const out = new Float32Array(field.length);
  for (let i = 0; i < out.length; i++) out[i] = f(field[i], i);
  return out;
}

/** Depth in mm inside an ellipsoid about the origin, negative outside; exact on the surface, near it off the surface. */
export function insideEllipsoid(x: number, y: number, z: number, rx: number, ry: number, rz: number): number {
  const u = x / rx;
  const v = y / ry;
  const w = z / rz;
  const far = Math.max(Math.abs(u), Math.abs(v), Math.abs(w));
  if (far > 1.7) return (1 - far) * Math.min(rx, ry, rz); // roughly
  const k = Math.sqrt(u * u + v * v + w * w);
  if (k < 1e-6) return Math.min(rx, ry, rz);
  const p = u / rx;
  const q = v / ry;
  const r = w / rz;
  return (k * (1 - k)) / Math.sqrt(p * p + q * q + r * r);
}

/** Share of a pixel `size` mm wide that lies inside, by its middle's depth in mm. */
export function shareOf(depth: number, size: number): number {
  const share = 0.5 + depth / size;
  return share <= 0 ? 0 : share >= 1 ? 1 : share;
}

/** Adds value noise of one octave: lattice of `cell` mm, values −amplitude..amplitude. */
function addOctave(out: Float32Array, plane: Plane, cell: number, amplitude: number, key: number): void {
  const { nx, ny, sx, sy, z } = plane;
  const smooth = (t: number) => t * t * (3 - 2 * t);
  const left = Math.floor((-((nx - 1) / 2) * sx) / cell);
  const wide = Math.floor((((nx - 1) / 2) * sx) / cell) - left + 2;
  const iz = Math.floor(z / cell);
  const wz = smooth(z / cell - iz);
  const at = (ix: number, iy: number, up: number) =>
    hash32(key + Math.imul(ix, 0x9e3779b1) + Math.imul(iy, 0x85ebca6b) + Math.imul(up, 0xc2b2ae35)) / 2147483648 - 1;
  const rowOf = (iy: number) => {
    const row = new Float32Array(wide);
    for (let c = 0; c < wide; c++) {
      const low = at(left + c, iy, iz);
      row[c] = amplitude * (low + (at(left + c, iy, iz + 1) - low) * wz);
    }
    return row;
  };
  const place = Float64Array.from({ length: nx }, (_, c) => ((c - (nx - 1) / 2) * sx) / cell - left);
  const weight = place.map((p) => smooth(p - Math.floor(p)));
  let [row, above, below] = [Number.NaN, new Float32Array(0), new Float32Array(0)];
  for (let r = 0, i = 0; r < ny; r++) {
    const y = ((r - (ny - 1) / 2) * sy) / cell;
    const iy = Math.floor(y);
    if (iy !== row) [row, above, below] = [iy, iy === row + 1 ? below : rowOf(iy), rowOf(iy + 1)];
    const wy = smooth(y - iy);
    for (let c = 0; c < nx; c++, i++) {
      const k = place[c] | 0;
      const a = above[k] + (below[k] - above[k]) * wy;
      out[i] += a + (above[k + 1] + (below[k + 1] - above[k + 1]) * wy - a) * weight[c];
    }
  }
}

/** Smooth noise on the plane, about −1..1: octaves of halving cells (the first of `cell` mm), each `gain` times as strong. */
export function noiseOn(plane: Plane, cell: number, octaves: number, gain: number, key: number): Float32Array {
  const out = new Float32Array(plane.nx * plane.ny);
  let total = 0;
  for (let o = 0, a = 1; o < octaves; o++, a *= gain) total += a;
  for (let o = 0, a = 1 / total; o < octaves; o++, a *= gain) {
    addOctave(out, plane, cell / (1 << o), a, hash32(key + Math.imul(o, 0x632be59b)));
  }
  return out;
}

/** A field looked up elsewhere: at each pixel `mm` times dx, dy away. Takes the lattice's directions out of noise. */
export function bent(
  field: Float32Array,
  { nx, ny, sx, sy }: Plane,
  dx: Float32Array,
  dy: Float32Array,
  mm: number,
): Float32Array {
  const out = new Float32Array(field.length);
  for (let y = 0, i = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++, i++) {
      const u = clamp(x + (mm * dx[i]) / sx, 0, nx - 1.001);
      const v = clamp(y + (mm * dy[i]) / sy, 0, ny - 1.001);
      const [c, r] = [u | 0, v | 0];
      const [s, t] = [u - c, v - r];
      const k = r * nx + c;
      const above = field[k] + s * (field[k + 1] - field[k]);
      const below = field[k + nx] + s * (field[k + nx + 1] - field[k + nx]);
      out[i] = above + t * (below - above);
    }
  }
  return out;
}

/** Moves `value` to `tone` inside a shape, by the depth in mm of each pixel `size` mm wide. */
export function paintInside(value: Float32Array, depth: Float32Array, size: number, tone: (i: number) => number): void {
  for (let i = 0; i < depth.length; i++) {
    const share = shareOf(depth[i], size);
    if (share > 0) value[i] += share * (tone(i) - value[i]);
  }
}

/** Moves `value` to `tone` where covered. */
export function paintOver(value: Float32Array, cover: Float32Array, tone: (i: number) => number): void {
  for (let i = 0; i < cover.length; i++) if (cover[i] > 0) value[i] += cover[i] * (tone(i) - value[i]);
}
