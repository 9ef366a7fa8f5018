/** Colours for numbers: dark to bright for sizes, blue over white to red for what has a sign; both readable without red and green. */
import type { TokenMap } from '../insideProtocol';

type Rgb = readonly [number, number, number];

const BRIGHT: readonly Rgb[] = [
  [20, 11, 53],
  [101, 21, 110],
  [188, 55, 84],
  [243, 120, 25],
  [252, 255, 164],
];
const SIGNED: readonly Rgb[] = [
  [33, 102, 172],
  [146, 197, 222],
  [247, 247, 247],
  [244, 165, 130],
  [178, 24, 43],
];

/** The colour at t in 0..1 of a scale. */
export function colourOf(t: number, signed: boolean): Rgb {
  const stops = signed ? SIGNED : BRIGHT;
  const at = Math.min(1, Math.max(0, t)) * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(at));
  return stops[i].map((v, c) => Math.round(v + (stops[i + 1][c] - v) * (at - i))) as unknown as Rgb;
}

/** The largest value, of signed values the largest absolute one: what the end of the scale stands for. */
export function reachOf(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) most = Math.max(most, Math.abs(values[i]));
  return most;
}

/** Where the scale of a map begins: its smallest value where it has no sign and never comes near 0, else 0. */
export function startOf(values: ArrayLike<number>, signed: boolean): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) least = Math.min(least, values[i]);
  return signed || !Number.isFinite(least) || least < 0.25 * reachOf(values) ? 0 : least;
}

/** RGBA of values over ±reach (signed) or `from`..reach; with `veil` small values let the image through, NaN always does. */
export function heatPixels(
  values: ArrayLike<number>,
  reach: number,
  signed: boolean,
  veil: boolean,
  from = 0,
): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    if (Number.isNaN(v)) continue;
    const part = reach > from ? (v - from) / (reach - from) : 0;
    const strength = Math.min(1, Math.abs(part));
    out.set(colourOf(signed ? (part + 1) / 2 : part, signed), 4 * i);
    out[4 * i + 3] = veil ? 40 + 180 * strength : 255;
  }
  return out;
}

const canvases = new WeakMap<TokenMap, HTMLCanvasElement>();

/** The map as a picture of one pixel a token; made once. */
export function mapCanvas(map: TokenMap, signed: boolean): HTMLCanvasElement {
  const known = canvases.get(map);
  if (known) return known;
  const canvas = document.createElement('canvas');
  paintHeat(canvas, map.values, map.columns, signed, true);
  canvases.set(map, canvas);
  return canvas;
}

/** Paints values, row by row of `columns`, one pixel each. `reach`: what the end of the scale stands for. */
export function paintHeat(
  canvas: HTMLCanvasElement,
  values: ArrayLike<number>,
  columns: number,
  signed: boolean,
  veil = false,
  reach = reachOf(values),
): void {
  const rows = values.length / columns;
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  const from = veil ? startOf(values, signed) : 0;
  const image = new ImageData(heatPixels(values, reach, signed, veil, from), columns, rows);
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}
