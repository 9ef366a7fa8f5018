import { grad } from '../autograd/grad';
import { layerNorm } from '../ops/layernorm';
import { adamw } from '../ops/optim';
import { add, gelu, square } from '../ops/pointwise';
import { erf64 } from '../ops/pointwiseTable';
import { sum } from '../ops/reduce';
import { softmax } from '../ops/softmax';
import type { Outputs } from '../plan/plan';
import { constant, input, type Leaf, leafTensor } from '../tensor/tensor';

/**
 * What `bench --bandwidth` measures: kernels that do little else than read and write. Their inputs are waves of `wave`, so
 * that a reference in float64 can be computed for any element alone.
 */
export interface BandwidthWork {
  readonly name: string;
  readonly build: () => Outputs;
  /** Bytes that have to pass: every operand and every result once. */
  readonly bytes: number;
  /** What must be written before a run: names and how many values. */
  readonly inputs: Readonly<Record<string, number>>;
  /** State that the run changes: leaves by the seed of their first values; null: zeros. */
  readonly state?: readonly (readonly [Leaf, number | null])[];
  /** Elements that are compared, of output y (or of the first state leaf). */
  readonly at: readonly number[];
  readonly want: (i: number) => number;
}

const PERIOD = 65521;

/** Value i of the wave with a seed, in [-1, 1], as float32; it repeats after a prime that no tile could hide behind. */
export function wave(seed: number, i: number): number {
  return Math.fround(Math.sin(seed + (i % PERIOD) * 0.7310585));
}

/** `n` values of a wave. */
export function waves(seed: number, n: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(n);
  for (let i = 0; i < Math.min(n, PERIOD); i++) out[i] = wave(seed, i);
  for (let filled = PERIOD; filled < n; filled *= 2) out.copyWithin(filled, 0, Math.min(filled, n - filled));
  return out;
}

/** Seeds of the inputs' waves, by name. */
export const SEEDS: Readonly<Record<string, number>> = { x: 1, z: 2, w: 3, b: 4, dy: 5 };

const C = 768;
const COLUMNS = 1024;
const of = (name: string) => (i: number) => wave(SEEDS[name], i);
const [x, z, dy] = [of('x'), of('z'), of('dy')];

/** The kernels on tensors of about `elements` values. */
export function bandwidthWorks(elements: number): BandwidthWork[] {
  const n = elements;
  const rows = Math.floor(n / C);
  const lines = Math.floor(n / COLUMNS);
  return [...pointwiseWorks(n), ...normWorks(rows), ...softmaxWorks(lines), sumWork(n), adamWork(n)];
}

/** Some elements of [0, n): first, last and others. */
function spread(n: number): number[] {
  return [0, 1, n - 2, n - 1, ...Array.from({ length: 60 }, (_, k) => Math.floor(((k + 0.37) * n) / 60))];
}

function pointwiseWorks(n: number): BandwidthWork[] {
  const one = () => input('x', [n]);
  const map = { inputs: { x: n }, at: spread(n) };
  return [
    { ...map, name: 'copy kernel', build: () => ({ outputs: { y: one() } }), bytes: 8 * n, want: x },
    {
      ...map,
      name: 'map gelu',
      build: () => ({ outputs: { y: gelu(one()) } }),
      bytes: 8 * n,
      want: (i) => 0.5 * x(i) * (1 + erf64(x(i) / Math.SQRT2)),
    },
    {
      name: 'map gelu gradient',
      build: () => {
        const a = one();
        return { outputs: { y: grad(gelu(a), [a], input('dy', [n]))[0] } };
      },
      inputs: { x: n, dy: n },
      bytes: 12 * n,
      at: spread(n),
      want: (i) => {
        const density = Math.exp(-0.5 * x(i) ** 2) / Math.sqrt(2 * Math.PI);
        return dy(i) * (0.5 * (1 + erf64(x(i) / Math.SQRT2)) + x(i) * density);
      },
    },
    {
      name: 'add',
      build: () => ({ outputs: { y: add(one(), input('z', [n])) } }),
      inputs: { x: n, z: n },
      bytes: 12 * n,
      at: spread(n),
      want: (i) => x(i) + z(i),
    },
  ];
}

interface RowSums {
  readonly mean: number;
  readonly rstd: number;
  readonly g: number;
  readonly gx: number;
}

const gain = of('w');

/** Mean and 1/√(variance + ε) of row r of x, and the means of g = dy·w and of g·x̂ over it. */
function rowSums(r: number): RowSums {
  const over = (f: (c: number) => number) => {
    let s = 0;
    for (let c = 0; c < C; c++) s += f(c);
    return s / C;
  };
  const mean = over((c) => x(r * C + c));
  const rstd = 1 / Math.sqrt(over((c) => (x(r * C + c) - mean) ** 2) + 1e-5);
  const g = over((c) => dy(r * C + c) * gain(c));
  const gx = over((c) => dy(r * C + c) * gain(c) * (x(r * C + c) - mean) * rstd);
  return { mean, rstd, g, gx };
}

function normWorks(rows: number): BandwidthWork[] {
  const n = rows * C;
  const params = () => [input('w', [C]), input('b', [C])] as const;
  const at = spread(n).slice(0, 24);
  return [
    {
      name: `layernorm ${rows}×${C}`,
      build: () => ({ outputs: { y: layerNorm(input('x', [rows, C]), ...params(), 1e-5) } }),
      inputs: { x: n, w: C, b: C },
      bytes: 8 * n,
      at,
      want: (i) => {
        const { mean, rstd } = rowSums(Math.floor(i / C));
        return (x(i) - mean) * rstd * gain(i % C) + wave(SEEDS.b, i % C);
      },
    },
    {
      name: 'layernorm gradient',
      build: () => {
        const a = input('x', [rows, C]);
        return { outputs: { y: grad(layerNorm(a, ...params(), 1e-5), [a], input('dy', [rows, C]))[0] } };
      },
      inputs: { x: n, w: C, dy: n },
      bytes: 12 * n,
      at,
      want: (i) => {
        const s = rowSums(Math.floor(i / C));
        return s.rstd * (dy(i) * gain(i % C) - s.g - (x(i) - s.mean) * s.rstd * s.gx);
      },
    },
  ];
}

function softmaxWorks(rows: number): BandwidthWork[] {
  const n = rows * COLUMNS;
  const at = spread(n).slice(0, 24);
  const first = (i: number) => i - (i % COLUMNS);
  const over = (i: number, f: (k: number) => number) => {
    let s = 0;
    for (let k = first(i); k < first(i) + COLUMNS; k++) s += f(k);
    return s;
  };
  const p = (i: number) => Math.exp(x(i)) / over(i, (k) => Math.exp(x(k)));
  return [
    {
      name: `softmax ${rows}×${COLUMNS}`,
      build: () => ({ outputs: { y: softmax(input('x', [rows, COLUMNS])) } }),
      inputs: { x: n },
      bytes: 8 * n,
      at,
      want: p,
    },
    {
      // The softmax's own result is computed as well: two kernels.
      name: 'softmax and its gradient',
      build: () => {
        const a = input('x', [rows, COLUMNS]);
        return { outputs: { y: grad(softmax(a), [a], input('dy', [rows, COLUMNS]))[0] } };
      },
      inputs: { x: n, dy: n },
      bytes: 20 * n,
      at,
      want: (i) => {
        const total = over(i, (k) => Math.exp(x(k)));
        const dot = over(i, (k) => Math.exp(x(k)) * dy(k)) / total;
        return (Math.exp(x(i)) / total) * (dy(i) - dot);
      },
    },
  ];
}

function sumWork(n: number): BandwidthWork {
  const total = () => {
    let s = 0;
    for (let i = 0; i < n; i++) s += x(i % PERIOD) ** 2;
    return s;
  };
  return {
    name: 'sum of squares',
    build: () => {
      const a = input('x', [n]);
      return { outputs: { y: sum(square(a)) } };
    },
    inputs: { x: n },
    bytes: 4 * n,
    at: [0],
    want: total,
  };
}

function adamWork(n: number): BandwidthWork {
  const leaf = (name: string): Leaf => ({ kind: 'state', name, shape: [n], dtype: 'f32' });
  const [p, m, v] = ['p', 'm', 'v'].map(leaf);
  const hyper = [1e-3, 0.1, 0.001, 1];
  return {
    name: 'AdamW',
    build: () => {
      const [tp, tm, tv] = [p, m, v].map(leafTensor);
      const rate = constant(hyper, [4], 'hyper');
      return { outputs: {}, effects: [adamw(tp, input('dy', [n]), tm, tv, rate, { weightDecay: 0.01 })] };
    },
    inputs: { dy: n },
    state: [
      [p, 6],
      [m, 7],
      [v, null],
    ],
    bytes: 28 * n,
    at: spread(n),
    want: (i) => {
      const [rate, c1, c2] = hyper;
      const mean = 0.9 * wave(7, i) + 0.1 * dy(i);
      const second = 0.001 * dy(i) ** 2;
      return wave(6, i) * (1 - rate * 0.01) - ((rate / c1) * mean) / (Math.sqrt(second / c2) + 1e-8);
    },
  };
}
