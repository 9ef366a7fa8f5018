/** One token's attention weights from what a block computed for all of them: pure arithmetic on the host. */

/** Queries, keys and position terms of one attention, as the engine left them. */
export interface AttentionParts {
  /** [b, heads, n, d]; b counts windows. */
  readonly q: Float32Array;
  /** [b, heads, m, d]; m > n where an adapter brought keys of its own. */
  readonly k: Float32Array;
  /** [b, heads, n, rows of keys] and [b, heads, n, columns of keys]; null without relative positions. */
  readonly relH: Float32Array | null;
  readonly relW: Float32Array | null;
  readonly heads: number;
  readonly n: number;
  readonly m: number;
  readonly d: number;
}

/** A grid of tokens, cut into windows of `window`² tokens (0: not cut). */
export interface TokenGrid {
  readonly rows: number;
  readonly columns: number;
  readonly window: number;
}

/** Index of the window that a token lies in, its index there, and the grid position of the window's first token. */
export function windowOf({ columns, window }: TokenGrid, row: number, column: number) {
  if (!window) return { b: 0, n: row * columns + column, row: 0, column: 0, side: columns };
  const across = Math.ceil(columns / window);
  const [wy, wx] = [Math.floor(row / window), Math.floor(column / window)];
  return {
    ...{ b: wy * across + wx, n: (row % window) * window + (column % window) },
    ...{ row: wy * window, column: wx * window, side: window },
  };
}

/** softmax(q·kᵀ/√d + rel) of one query over its m keys; heads: one, or (null) the mean over all. */
export function attentionRow(p: AttentionParts, b: number, n: number, head: number | null): Float64Array {
  const chosen = head === null ? Array.from({ length: p.heads }, (_, h) => h) : [head];
  const out = new Float64Array(p.m);
  for (const h of chosen) {
    const row = rowOfHead(p, b * p.heads + h, n);
    for (let j = 0; j < p.m; j++) out[j] += row[j] / chosen.length;
  }
  return out;
}

function rowOfHead({ q, k, relH, relW, n: queries, m, d }: AttentionParts, bh: number, n: number): Float64Array {
  const scores = new Float64Array(m);
  const query = (bh * queries + n) * d;
  for (let j = 0; j < m; j++) {
    const key = (bh * m + j) * d;
    let dot = 0;
    for (let c = 0; c < d; c++) dot += q[query + c] * k[key + c];
    scores[j] = dot / Math.sqrt(d);
  }
  if (relH && relW) {
    const lines = q.length / d;
    const [kh, kw] = [relH.length / lines, relW.length / lines];
    for (let j = 0; j < kh * kw; j++) {
      const at = bh * queries + n;
      scores[j] += relH[at * kh + Math.floor(j / kw)] + relW[at * kw + (j % kw)];
    }
  }
  const most = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const exp = scores.map((s) => Math.exp(s - most));
  const sum = exp.reduce((a, b) => a + b, 0);
  return exp.map((e) => e / sum);
}

/** Weights of keys spread over the grid, NaN outside the window; and the share of keys that are no tokens of the grid. */
export function onGrid(grid: TokenGrid, weights: Float64Array, at: ReturnType<typeof windowOf>) {
  const values = new Float32Array(grid.rows * grid.columns).fill(Number.NaN);
  let elsewhere = 0;
  const keys = grid.window ? grid.window ** 2 : grid.rows * grid.columns;
  for (let j = 0; j < weights.length; j++) {
    const row = at.row + Math.floor(j / at.side);
    const column = at.column + (j % at.side);
    if (j < keys && row < grid.rows && column < grid.columns) values[row * grid.columns + column] = weights[j];
    else elsewhere += weights[j];
  }
  return { values, elsewhere };
}
