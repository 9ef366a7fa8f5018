// What the report's charts share: scales, ticks, axes. Charts are SVG text with classes that the page's style colours, so
// that they need no script, work in light and dark, and are drawn in Node, where Observable Plot has no document.
import { escapeHtml } from './tableText';

/** Colours of the page's palette; further lines repeat them, dashed. */
export const COLOURS = 8;

/** Class names that colour the k-th arm. */
export function colourClass(k: number): string {
  return `c${k % COLOURS}${k >= COLOURS ? ' dashed' : ''}`;
}

/** A linear scale from numbers to pixels. */
export interface Scale {
  readonly ticks: readonly number[];
  at(value: number): number;
}

/** About `count` round numbers from low to high, both inside. */
export function roundTicks(low: number, high: number, count: number): number[] {
  const raw = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  // The round step that is nearest in ratio: the limits are the geometric means of neighbours.
  const ratio = raw / power;
  const step = power * (ratio < Math.SQRT2 ? 1 : ratio < Math.sqrt(10) ? 2 : ratio < Math.sqrt(50) ? 5 : 10);
  const out: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++)
    out.push(Number((k * step).toPrecision(12)));
  return out;
}

/** A scale of `domain` (widened where it is one point) on the pixels `from`…`to`. */
export function linearScale([low, high]: readonly [number, number], from: number, to: number, count = 5): Scale {
  const [a, b] = high > low ? [low, high] : [low - 0.5, low + 0.5];
  return { ticks: roundTicks(a, b, count), at: (v) => from + ((v - a) / (b - a)) * (to - from) };
}

/** Smallest and largest value, with a share of the range around them. */
export function extent(values: readonly number[], margin = 0): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (!(high >= low)) return [0, 1];
  const around = (high - low) * margin;
  return [low - around, high + around];
}

/** Pixels with one digit after the point: enough for the eye, short in the file. */
export function px(v: number): string {
  return Number(v.toFixed(1)).toString();
}

/** An SVG of this size with a name for those who cannot see it. */
export function svg(width: number, height: number, name: string, body: string): string {
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(name)}">\n${body}\n</svg>`;
}

/** A text element. */
export function label(x: number, y: number, text: string, classes = '', more = ''): string {
  return `<text x="${px(x)}" y="${px(y)}" class="${classes}"${more}>${escapeHtml(text)}</text>`;
}

/** A line element. */
export function rule(x1: number, y1: number, x2: number, y2: number, classes: string): string {
  return `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" class="${classes}"/>`;
}
