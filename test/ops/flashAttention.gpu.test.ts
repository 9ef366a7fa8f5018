import { flashAttention } from '../../src/ops/flashAttention';
import { reshape } from '../../src/ops/view';
import { constant, type Tensor } from '../../src/tensor/tensor';
import { type Array64, at64, make64, sum64 } from '../harness/array64';
import { opTest } from '../harness/opTest';

/** softmax(scale · q·kᵀ + relH + relW) · v in float64. */
function reference([q, k, v, relH, relW]: Array64[], scale: number): Array64 {
  const [b, heads, n, d] = q.shape;
  const m = k.shape[2];
  const [kh, kw] = relH ? [relH.shape[3], relW.shape[3]] : [0, 1];
  const bias = (i: number, h: number, t: number, j: number) =>
    j < kh * kw ? at64(relH, i, h, t, Math.floor(j / kw)) + at64(relW, i, h, t, j % kw) : 0;
  const scores = make64([b, heads, n, m], (i, h, t, j) => {
    return scale * sum64(d, (c) => at64(q, i, h, t, c) * at64(k, i, h, j, c)) + bias(i, h, t, j);
  });
  const powers = { shape: scores.shape, data: scores.data.map(Math.exp) };
  const sums = make64([b, heads, n], (i, h, t) => sum64(m, (j) => at64(powers, i, h, t, j)));
  return make64(
    [b, heads, n, v.shape[3]],
    (i, h, t, c) => sum64(m, (j) => at64(powers, i, h, t, j) * at64(v, i, h, j, c)) / at64(sums, i, h, t),
  );
}

interface Options {
  readonly scale: number;
  /** Rows of the query grid, with relative positions. */
  readonly rows?: number;
  readonly stored?: boolean;
}

const one = (b: number, heads: number, n: number, m: number, d: number, e = d) => [
  { shape: [b, heads, n, d] },
  { shape: [b, heads, m, d] },
  { shape: [b, heads, m, e] },
];

const zero = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
const zeros = (n: number, d: number): [Tensor, Tensor, Tensor] => [
  zero(1, 1, n, d),
  zero(1, 1, n, d),
  zero(1, 1, n, d),
];

/** The terms of queries in a line as those of a grid of `rows`. */
function build([q, k, v, ...terms]: Tensor[], { scale, rows, stored }: Options): Tensor {
  const rel = terms.map((r) => reshape(r, [...r.shape.slice(0, 2), rows!, r.shape[2] / rows!, r.shape[3]]));
  return flashAttention(q, k, v, { scale, rel, stored });
}

opTest<Options>('flashAttention', {
  build,
  ref: (ins, { scale }) => reference(ins, scale),
  cases: [
    {
      label: '3 × 2 queries, 8 keys on the map and 3 beyond it, head of 6 and 5',
      inputs: [...one(2, 2, 6, 11, 6, 5), { shape: [2, 2, 6, 2] }, { shape: [2, 2, 6, 4] }],
      options: { scale: 0.4, rows: 3 },
    },
    {
      label: 'map rows that are no multiple of 4, more than a tile: 5 × 15 keys, 20 queries, head of 8',
      inputs: [...one(1, 1, 20, 75, 8), { shape: [1, 1, 20, 5] }, { shape: [1, 1, 20, 15] }],
      options: { scale: 0.3, rows: 4 },
    },
    {
      label: 'map rows of 32 keys, half a tile: 3 × 32 keys, 18 queries, head of 4 and 72',
      inputs: [...one(1, 2, 18, 96, 4, 72), { shape: [1, 2, 18, 3] }, { shape: [1, 2, 18, 32] }],
      options: { scale: 0.3, rows: 3 },
    },
    {
      label: 'map rows of 128 keys, two tiles: 2 × 128 keys, 9 queries, head of 4',
      inputs: [...one(1, 1, 9, 256, 4), { shape: [1, 1, 9, 2] }, { shape: [1, 1, 9, 128] }],
      options: { scale: 0.3, rows: 3 },
    },
    { label: '37 queries, 35 keys, head of 80 and 20', inputs: one(1, 1, 37, 35, 80, 20), options: { scale: 0.11 } },
  ],
  tol: 3e-6,
  gradTol: 2e-5,
  errors: [
    [
      'heads too wide for the registers',
      () => flashAttention(...zeros(4, 81), { scale: 1 }),
      /81 channels.*80 at most/,
    ],
    [
      'terms of another map',
      () => flashAttention(...zeros(4, 8), { scale: 1, rel: [0, 1].map(() => zero(1, 1, 1, 4, 3)) }),
      /KH·KW at most 4, got \[1,1,1,4,3\]/,
    ],
  ],
});

opTest<Options>('flashAttention whose gradient holds the probabilities', {
  build,
  ref: (ins, { scale }) => reference(ins, scale),
  cases: [
    {
      label: '2 × 3 tokens, head of 4',
      inputs: [...one(2, 2, 6, 6, 4), { shape: [2, 2, 6, 2] }, { shape: [2, 2, 6, 3] }],
      options: { scale: 0.5, rows: 2, stored: true },
    },
    {
      label: '5 queries, 3 keys and no map',
      inputs: one(1, 2, 5, 3, 4),
      options: { scale: 0.5, stored: true },
    },
  ],
  tol: 3e-6,
  gradTol: 2e-5,
});
