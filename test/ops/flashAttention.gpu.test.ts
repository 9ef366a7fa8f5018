import { flashAttention } from '../../src/ops/flashAttention';
import { reshape } from '../../src/ops/view';
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
  const sums = make64([b, heads, n], (i, h, t) => sum64(m, (j) => Math.exp(at64(scores, i, h, t, j))));
  return make64([b, heads, n, v.shape[3]], (i, h, t, c) =>
    sum64(m, (j) => (Math.exp(at64(scores, i, h, t, j)) / at64(sums, i, h, t)) * at64(v, i, h, j, c)),
  );
}

interface Options {
  readonly scale: number;
  /** Rows of the query grid, with relative positions. */
  readonly rows?: number;
}

const one = (b: number, heads: number, n: number, m: number, d: number, e = d) => [
  { shape: [b, heads, n, d] },
  { shape: [b, heads, m, d] },
  { shape: [b, heads, m, e] },
];

opTest<Options>('flashAttention', {
  build: ([q, k, v, ...rel], { scale, rows }) => {
    const grid = rel.map((r) => reshape(r, [...r.shape.slice(0, 2), rows!, r.shape[2] / rows!, r.shape[3]]));
    return flashAttention(q, k, v, scale, grid);
  },
  ref: (ins, { scale }) => reference(ins, scale),
  cases: [
    {
      label: '3 × 2 queries, 8 keys on the map and 3 beyond it, head of 6 and 5',
      inputs: [...one(2, 2, 6, 11, 6, 5), { shape: [2, 2, 6, 2] }, { shape: [2, 2, 6, 4] }],
      options: { scale: 0.4, rows: 3 },
    },
    {
      label: 'map rows that are no multiple of 4: 3 × 7 keys, 18 queries, head of 8',
      inputs: [...one(1, 2, 18, 21, 8), { shape: [1, 2, 18, 3] }, { shape: [1, 2, 18, 7] }],
      options: { scale: 0.3, rows: 3 },
    },
    { label: '37 queries, 35 keys, head of 80 and 20', inputs: one(1, 1, 37, 35, 80, 20), options: { scale: 0.11 } },
  ],
  tol: 3e-6,
  gradTol: 2e-5,
});
