import { expect, test } from 'vitest';
import { gradAll } from '../../src/autograd/grad';
import { attention } from '../../src/ops/attention';
import { fewAttention } from '../../src/ops/fewAttention';
import { planStep } from '../../src/plan/plan';
import { input, type Tensor, trace } from '../../src/tensor/tensor';
import { type Array64, at64, make64, sum64 } from '../harness/array64';
import { opTest, testGpu } from '../harness/opTest';

/** softmax(scale · q·kᵀ) · v in float64. */
function reference([q, k, v]: Array64[], { scale }: { scale: number }): Array64 {
  const [b, heads, n, d] = q.shape;
  const m = k.shape[2];
  const e = make64([b, heads, n, m], (i, h, t, j) =>
    Math.exp(scale * sum64(d, (c) => at64(q, i, h, t, c) * at64(k, i, h, j, c))),
  );
  const sums = make64([b, heads, n], (i, h, t) => sum64(m, (j) => at64(e, i, h, t, j)));
  return make64([b, heads, n, v.shape[3]], (i, h, t, c) =>
    sum64(m, (j) => (at64(e, i, h, t, j) / at64(sums, i, h, t)) * at64(v, i, h, j, c)),
  );
}

const qkv = (b: number, heads: number, n: number, m: number, d: number, e: number) => [
  { shape: [b, heads, n, d] },
  { shape: [b, heads, m, d] },
  { shape: [b, heads, m, e] },
];

opTest<{ scale: number }>('fewAttention', {
  build: ([q, k, v], { scale }) => fewAttention(q, k, v, scale),
  ref: reference,
  cases: [
    { label: '9 queries, 7 keys, heads of 8 and 12', inputs: qkv(2, 3, 9, 7, 8, 12), options: { scale: 0.4 } },
    { label: 'odd heads of 5 and 3', inputs: qkv(2, 2, 6, 5, 5, 3), options: { scale: 0.5 } },
    { label: 'one key, head of 80', inputs: qkv(1, 2, 3, 1, 80, 80), options: { scale: 0.1 } },
    { label: '37 keys', inputs: qkv(1, 1, 5, 37, 4, 4), options: { scale: 1 } },
  ],
  tol: 3e-6,
  grad: false,
});

test('attention over few keys is one dispatch forward, and keeps probabilities where a gradient reads them', () => {
  const plan = (wrt: (ts: Tensor[]) => Tensor[]) =>
    planStep(
      trace(() => {
        const [q, k, v] = [input('q', [1, 2, 300, 16]), input('k', [1, 2, 7, 16]), input('v', [1, 2, 7, 16])];
        const y = attention(q, k, v);
        const gs = gradAll([y], wrt([q, k, v]), [y]);
        return { outputs: { y, ...Object.fromEntries(gs.map((g, i) => [`g${i}`, g])) } };
      }),
      testGpu().caps,
    ).list.map((d) => d.op);
  expect(plan(() => []).filter((op) => op !== 'copy')).toEqual(['fewAttention']);
  const trained = plan((ts) => ts);
  expect(trained).toContain('softmax');
  expect(trained).not.toContain('fewAttention');
});
