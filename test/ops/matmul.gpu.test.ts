import { linear, matmul } from '../../src/ops/matmul';
import { permute, reshape, slice, transpose } from '../../src/ops/view';
import { constant } from '../../src/tensor/tensor';
import { type Array64, at64, make64, sum64 } from '../harness/array64';
import { opTest } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

/** a [M, K] · b [K, N], either given transposed. */
function product(a: Array64, b: Array64, ta: boolean, tb: boolean): Array64 {
  const [m, k] = ta ? [a.shape[1], a.shape[0]] : a.shape;
  const n = tb ? b.shape[0] : b.shape[1];
  return make64([m, n], (i, j) =>
    sum64(k, (c) => (ta ? at64(a, c, i) : at64(a, i, c)) * (tb ? at64(b, j, c) : at64(b, c, j))),
  );
}

interface Options {
  readonly ta?: boolean;
  readonly tb?: boolean;
}

const size = (m: number, k: number, n: number, { ta = false, tb = false }: Options) => ({
  label: `${m}×${k}×${n} ${ta ? 't' : 'n'}${tb ? 't' : 'n'}`,
  inputs: [{ shape: ta ? [k, m] : [m, k] }, { shape: tb ? [n, k] : [k, n] }],
  options: { ta, tb },
});

opTest<Options>('matmul', {
  build: ([a, b], { ta, tb }) => matmul(ta ? transpose(a) : a, tb ? transpose(b) : b),
  ref: ([a, b], { ta = false, tb = false }) => product(a, b, ta, tb),
  cases: [
    size(3, 17, 1, {}),
    size(17, 3, 65, { tb: true }),
    size(9, 12, 20, { ta: true }),
    size(16, 8, 12, { tb: true }),
  ],
  tol: 1e-6,
  tiles: true,
  gradTol: 2e-6,
  errors: [
    [
      'inner sizes that differ',
      () => matmul(zeros(2, 3), zeros(4, 2)),
      /inner sizes differ — \[2,3\] · \[4,2\]: 3 against 4/,
    ],
    ['a vector', () => matmul(zeros(3), zeros(3, 2)), /expected matrices, got \[3\] · \[3,2\]/],
    ['batches that do not broadcast', () => matmul(zeros(2, 3, 4), zeros(3, 4, 5)), /do not broadcast/],
    [
      'a weight of another width',
      () => linear(zeros(2, 3), zeros(4, 5)),
      /inner sizes differ — x \[2,3\] · w \[4,5\]ᵀ/,
    ],
  ],
});

opTest<object>('matmul, batches broadcasting', {
  build: ([a, b]) => matmul(a, b),
  ref: ([a, b]) => make64([2, 3, 4, 2], (u, v, i, j) => sum64(5, (c) => at64(a, u, 0, i, c) * at64(b, v, c, j))),
  cases: [{ label: '[2,1,4,5] · [3,5,2]', inputs: [{ shape: [2, 1, 4, 5] }, { shape: [3, 5, 2] }], options: {} }],
  tol: 1e-6,
});

opTest<object>('matmul of slices and permutations', {
  build: ([qkv]) => {
    const p = permute(qkv, [2, 0, 3, 1, 4]);
    const [q, k] = [0, 1].map((i) => reshape(slice(p, 0, i, 1), [2, 3, 5, 4]));
    return matmul(q, transpose(k));
  },
  ref: ([x]) => make64([2, 3, 5, 5], (b, h, i, j) => sum64(4, (c) => at64(x, b, i, 0, h, c) * at64(x, b, j, 1, h, c))),
  cases: [{ label: 'q·kᵀ out of qkv', inputs: [{ shape: [2, 5, 2, 3, 4] }], options: {} }],
  tol: 1e-6,
  tiles: true,
});

opTest<object>('linear', {
  build: ([x, w, b]) => linear(x, w, b ?? null),
  ref: ([x, w, b]) =>
    make64([...x.shape.slice(0, -1), w.shape[0]], (...i) => {
      const o = i[i.length - 1];
      return (b?.data[o] ?? 0) + sum64(w.shape[1], (c) => at64(x, ...i.slice(0, -1), c) * at64(w, o, c));
    }),
  cases: [
    { label: '[2,3,8] → 12', inputs: [{ shape: [2, 3, 8] }, { shape: [12, 8] }, { shape: [12] }], options: {} },
    { label: 'a vector', inputs: [{ shape: [5] }, { shape: [3, 5] }], options: {} },
  ],
  tol: 1e-6,
});
