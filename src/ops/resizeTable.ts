/**
 * Tap tables of separable resampling: result m of an axis is Σ_t weights[m·taps + t] · x[starts[m] + t]. Clamping at
 * the edges is folded into the weights, so kernels need no conditions. Pure arithmetic in float64.
 */
export interface TapTable {
  /** Extent of the axis that is read. */
  readonly from: number;
  /** Extent of the axis that is written. */
  readonly to: number;
  readonly taps: number;
  /** First element read, per result; starts[m] + taps ≤ from. */
  readonly starts: Uint32Array;
  readonly weights: Float32Array;
}

/** How weights follow from the distance: names as in torch.nn.functional.interpolate, align_corners false. */
export type Resampling = 'nearest' | 'linear' | 'cubic' | 'linearAntialias';

/** Weight per source index; indices outside the axis are allowed and clamped by `fromRows`. */
type Row = Map<number, number>;

const rowsOf: { readonly [K in Resampling]: (m: number, from: number, to: number) => Row } = {
  // torch computes this index in float32 whatever the tensor's type.
  nearest: (m, from, to) => new Map([[Math.floor(Math.fround(m * Math.fround(from / to))), 1]]),
  linear: (m, from, to) => {
    const at = Math.max((m + 0.5) * (from / to) - 0.5, 0);
    const low = Math.min(Math.floor(at), from - 1);
    return new Map([
      [low, 1 - (at - low)],
      [low + 1, at - low],
    ]);
  },
  cubic: (m, from, to) => {
    const at = (m + 0.5) * (from / to) - 0.5;
    const low = Math.floor(at);
    return new Map([-1, 0, 1, 2].map((k) => [low + k, cubic(at - low - k)]));
  },
  linearAntialias: (m, from, to) => {
    const scale = from / to;
    const support = Math.max(scale, 1);
    const center = scale * (m + 0.5);
    const first = Math.max(Math.trunc(center - support + 0.5), 0);
    const end = Math.min(Math.trunc(center + support + 0.5), from);
    const raw = Array.from({ length: end - first }, (_, k) =>
      Math.max(1 - Math.abs((first + k - center + 0.5) / support), 0),
    );
    const total = raw.reduce((a, b) => a + b, 0);
    return new Map(raw.map((w, k) => [first + k, w / total]));
  },
};

/** Keys' cubic kernel with a = −0.75, as torch and PIL's successors use for upsampling. */
function cubic(distance: number): number {
  const a = -0.75;
  const d = Math.abs(distance);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((d - 5) * d + 8) * d * a - 4 * a : 0;
}

/** Table that resizes an axis of `from` elements to `to`. Source: torch's UpSample kernels. */
export function resizeTable(how: Resampling, from: number, to: number): TapTable {
  const rows = Array.from({ length: to }, (_, m) => rowsOf[how](m, from, to));
  return fromRows(rows, from);
}

/** The table of the gradient: rows and columns exchanged. */
export function transposedTable(t: TapTable): TapTable {
  const rows: Row[] = Array.from({ length: t.from }, () => new Map());
  for (let m = 0; m < t.to; m++) {
    for (let k = 0; k < t.taps; k++) {
      const w = t.weights[m * t.taps + k];
      if (w !== 0) rows[t.starts[m] + k].set(m, w);
    }
  }
  return fromRows(rows, t.to);
}

function fromRows(rows: readonly Row[], from: number): TapTable {
  const clamped = rows.map((row) => {
    const out: Row = new Map();
    for (const [i, w] of row) {
      const at = Math.min(Math.max(i, 0), from - 1);
      if (w !== 0) out.set(at, (out.get(at) ?? 0) + w);
    }
    return out;
  });
  const spans = clamped.map((row) => (row.size ? [Math.min(...row.keys()), Math.max(...row.keys())] : [0, 0]));
  const taps = Math.max(...spans.map(([a, b]) => b - a + 1));
  const starts = Uint32Array.from(spans, ([a]) => Math.min(a, from - taps));
  const weights = new Float32Array(rows.length * taps);
  clamped.forEach((row, m) => {
    for (const [i, w] of row) weights[m * taps + i - starts[m]] = w;
  });
  return { from, to: rows.length, taps, starts, weights };
}
