/** What an activation looks like in numbers and as a map. Pure. */
import type { Histogram } from '../insideProtocol';
import type { TokenGrid } from './attentionRow';

/** Bars of a histogram. */
const BARS = 40;

/** How `values` are spread. */
export function histogramOf(values: Float32Array): Histogram {
  let [from, to, sum, squares] = [Infinity, -Infinity, 0, 0];
  for (const v of values) {
    from = Math.min(from, v);
    to = Math.max(to, v);
    sum += v;
    squares += v * v;
  }
  const n = values.length;
  if (!n) [from, to] = [0, 0];
  const counts = new Uint32Array(BARS);
  const scale = to > from ? BARS / (to - from) : 0;
  for (const v of values) counts[Math.min(BARS - 1, Math.floor((v - from) * scale))]++;
  const average = n ? sum / n : 0;
  return { from, to, counts, average, deviation: n ? Math.sqrt(Math.max(0, squares / n - average * average)) : 0 };
}

/**
 * Mean over the channels, and mean of the absolute values, of each token of `grid`; null where the tokens of `shape` are not
 * the grid's. Tokens [1, rows, columns, C], [1, rows·columns, C], or windows [n, window, window, C] with padding.
 */
export function tokenMaps(
  values: Float32Array,
  shape: readonly number[],
  grid: TokenGrid,
): { mean: Float32Array<ArrayBuffer>; size: Float32Array<ArrayBuffer> } | null {
  const place = placeOf(shape, grid);
  if (!place) return null;
  const c = shape[shape.length - 1];
  const area = grid.rows * grid.columns;
  const [mean, size] = [new Float32Array(area), new Float32Array(area)];
  for (let i = 0; i < area; i++) {
    const from = place(i) * c;
    for (let j = from; j < from + c; j++) {
      mean[i] += values[j] / c;
      size[i] += Math.abs(values[j]) / c;
    }
  }
  return { mean, size };
}

/** Index in the tensor of the grid's token i; null where they do not correspond. */
function placeOf(shape: readonly number[], { rows, columns, window }: TokenGrid): ((i: number) => number) | null {
  const tokens = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  const across = Math.ceil(columns / (window || 1));
  const windows = across * Math.ceil(rows / (window || 1));
  if (window && shape.length === 4 && shape[0] === windows && shape[1] === window && shape[2] === window) {
    return (i) => {
      const [y, x] = [Math.floor(i / columns), i % columns];
      const b = Math.floor(y / window) * across + Math.floor(x / window);
      return b * window * window + (y % window) * window + (x % window);
    };
  }
  return tokens === rows * columns ? (i) => i : null;
}
