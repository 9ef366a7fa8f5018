import { expect, test } from 'vitest';
import { attention, attentionNaive, decomposedRelPos, getRelPos } from '../../src/ops/attention';
import { add, scale } from '../../src/ops/pointwise';
import { concat, permute, reshape, slice } from '../../src/ops/view';
import { compile } from '../../src/plan/compile';
import { constant, input, type Tensor } from '../../src/tensor/tensor';
import { type Array64, at64, make64, sum64 } from '../harness/array64';
import { opTest, testGpu } from '../harness/opTest';

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

/** softmax(scale · q·kᵀ + bias) · v for arrays [B, heads, N, d]; bias(b, h, n, m). */
function reference(
  [q, k, v]: Array64[],
  factor: number,
  bias: (b: number, h: number, n: number, m: number) => number = () => 0,
): Array64 {
  const [, , n, d] = q.shape;
  const m = k.shape[2];
  const score = (b: number, h: number, i: number, j: number) =>
    sum64(d, (c) => at64(q, b, h, i, c) * at64(k, b, h, j, c)) * factor + bias(b, h, i, j);
  const probs = make64([q.shape[0], q.shape[1], n, m], (b, h, i, j) => {
    const row = Array.from({ length: m }, (_, t) => score(b, h, i, t));
    const top = Math.max(...row);
    return Math.exp(row[j] - top) / row.reduce((s, r) => s + Math.exp(r - top), 0);
  });
  return make64([q.shape[0], q.shape[1], n, v.shape[3]], (b, h, i, c) =>
    sum64(m, (j) => at64(probs, b, h, i, j) * at64(v, b, h, j, c)),
  );
}

opTest<{ scale?: number }>('attention', {
  build: ([q, k, v], o) => attention(q, k, v, o),
  ref: (ins, o) => reference(ins, o.scale ?? ins[0].shape[3] ** -0.5),
  cases: [
    {
      label: '2 heads, 5 queries, 8 keys',
      inputs: [{ shape: [1, 2, 5, 4] }, { shape: [1, 2, 8, 4] }, { shape: [1, 2, 8, 3] }],
      options: {},
    },
    {
      label: 'own scale',
      inputs: [{ shape: [2, 1, 3, 2] }, { shape: [2, 1, 1, 2] }, { shape: [2, 1, 1, 2] }],
      options: { scale: 2 },
    },
  ],
  tol: 2e-6,
  errors: [
    [
      'keys of another width',
      () => attention(zeros(1, 1, 2, 4), zeros(1, 1, 2, 3), zeros(1, 1, 2, 4)),
      /expected q \[B,heads,N,d\].*got \[1,1,2,4\], \[1,1,2,3\]/,
    ],
  ],
});

opTest<object>('attentionNaive', {
  build: ([q, k, v]) => attentionNaive(q, k, v),
  ref: (ins) => reference(ins, ins[0].shape[3] ** -0.5),
  cases: [
    {
      label: 'oracle',
      inputs: [{ shape: [2, 2, 3, 4] }, { shape: [2, 2, 5, 4] }, { shape: [2, 2, 5, 4] }],
      options: {},
    },
  ],
  grad: false,
});

/** q, k, v as views of one qkv tensor [B, N, 3, heads, d], the way an encoder has them. */
function split(qkv: Tensor): Tensor[] {
  const [b, n, , heads, d] = qkv.shape;
  const p = permute(qkv, [2, 0, 3, 1, 4]);
  return [0, 1, 2].map((i) => reshape(slice(p, 0, i, 1), [b, heads, n, d]));
}

function relative(naive: boolean) {
  return ([qkv, rh, rw]: Tensor[]): Tensor => {
    const [q, k, v] = split(qkv);
    const rel = decomposedRelPos(q, getRelPos(2, 2, rh), getRelPos(3, 3, rw));
    const flat = (r: Tensor) => reshape(r, [q.shape[0], q.shape[1], 6, r.shape[4]]);
    return naive
      ? attentionNaive(q, k, v, { rel: { relH: flat(rel.relH), relW: flat(rel.relW) } })
      : attention(q, k, v, { rel });
  };
}

/** `more` [2, B, heads, M, d]: keys and values beyond the map, without a relative position. */
function relativeReference([qkv, rh, rw, more]: Array64[]): Array64 {
  const [b, n, , heads, d] = qkv.shape;
  const [q, k, v] = [0, 1, 2].map((s) =>
    make64([b, heads, s && more ? n + more.shape[3] : n, d], (i, h, t, c) =>
      t < n ? at64(qkv, i, t, s, h, c) : at64(more, s - 1, i, h, t - n, c),
    ),
  );
  return reference([q, k, v], d ** -0.5, (i, h, t, m) => {
    if (m >= n) return 0;
    const [y, x, ky, kx] = [Math.floor(t / 3), t % 3, Math.floor(m / 3), m % 3];
    return sum64(d, (c) => at64(q, i, h, t, c) * (at64(rh, y - ky + 1, c) + at64(rw, x - kx + 2, c)));
  });
}

const relativeCase = {
  label: '2 × 3 tokens from qkv',
  inputs: [{ shape: [2, 6, 3, 2, 4] }, { shape: [3, 4] }, { shape: [5, 4] }],
  options: {},
};

opTest<object>('attention with decomposed relative positions', {
  build: relative(false),
  ref: relativeReference,
  cases: [relativeCase],
  tol: 3e-6,
});

opTest<object>('attention with keys beyond the map', {
  build: ([qkv, rh, rw, more]) => {
    const [q, k, v] = split(qkv);
    const rel = decomposedRelPos(q, getRelPos(2, 2, rh), getRelPos(3, 3, rw));
    const [moreK, moreV] = [0, 1].map((i) => reshape(slice(more, 0, i, 1), more.shape.slice(1)));
    return attention(q, concat([k, moreK], 2), concat([v, moreV], 2), { rel });
  },
  ref: relativeReference,
  cases: [{ ...relativeCase, inputs: [...relativeCase.inputs, { shape: [2, 2, 2, 2, 4] }] }],
  tol: 3e-6,
});

opTest<object>('attentionNaive with relative positions', {
  build: relative(true),
  ref: relativeReference,
  cases: [relativeCase],
  grad: false,
});

opTest<{ q: number; k: number }>('getRelPos', {
  build: ([table], { q, k }) => add(getRelPos(q, k, table), scale(zeros(1), 0)),
  ref: ([table], { q, k }) => {
    const length = 2 * Math.max(q, k) - 1;
    const [l, d] = table.shape;
    const resized = (r: number, c: number) => {
      const at = Math.max(((r + 0.5) * l) / length - 0.5, 0);
      const low = Math.floor(at);
      return (1 - at + low) * at64(table, low, c) + (at - low) * at64(table, Math.min(low + 1, l - 1), c);
    };
    return make64([q, k, d], (i, j, c) => {
      const row = i * Math.max(k / q, 1) - j * Math.max(q / k, 1) + (k - 1) * Math.max(q / k, 1);
      return resized(Math.trunc(row), c);
    });
  },
  cases: [
    { label: 'exact table', inputs: [{ shape: [7, 3] }], options: { q: 4, k: 4 } },
    { label: 'table made shorter', inputs: [{ shape: [9, 2] }], options: { q: 3, k: 3 } },
    { label: 'fewer queries than keys', inputs: [{ shape: [5, 2] }], options: { q: 2, k: 4 } },
    { label: 'more queries than keys', inputs: [{ shape: [11, 2] }], options: { q: 6, k: 3 } },
  ],
});

test.each<[string, number[], string, number]>([
  ['nowhere: one head is too large', [1, 1, 1040, 8], 'flash', 1],
  ['two heads at a time, then one', [1, 3, 640, 8], 'softmax', 2],
])('attention whose scores nobody wants equals the composed one: stored %s', async (_, shape, op, times) => {
  const build = (form?: 'composed') => () => {
    const q = input('q', shape);
    return { outputs: { y: attention(q, scale(q, 0.5), q, { scale: 2, form }) } };
  };
  const x = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i * 1.7));
  const [passing, stored] = await Promise.all(
    [build(), build('composed')].map(async (b) => {
      const step = await compile(testGpu(), b, { variants: { matmul: 'naive' } });
      step.run({ q: x });
      const y = await step.read('y');
      const ops = step.plan.list.map((d) => d.op);
      step.destroy();
      return { y, ops };
    }),
  );
  expect(passing.ops.filter((o) => o === op)).toHaveLength(times);
  expect(stored.ops.filter((o) => o === 'softmax')).toHaveLength(1);
  expect(passing.y.reduce((e, v, i) => Math.max(e, Math.abs(v - stored.y[i])), 0)).toBeLessThan(3e-6);
});
