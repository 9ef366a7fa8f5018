import { expect, test } from 'vitest';
import { grad } from '../../src/autograd/grad';
import { depthAttention } from '../../src/ops/depthAttention';
import { planStep } from '../../src/plan/plan';
import { BYTES } from '../../src/tensor/shape';
import { constant, input, trace } from '../../src/tensor/tensor';
import { type Array64, at64, make64, sum64 } from '../harness/array64';
import { opTest, testGpu } from '../harness/opTest';

interface Options {
  readonly depth: number;
  readonly scale?: number;
}

/** Row by row: the probabilities of one query over the slices of its volume, then the weighted values. */
function reference([qkv]: Array64[], { depth, scale }: Options): Array64 {
  const [rows, n, , heads, d] = qkv.shape;
  const first = (row: number) => row - (row % depth);
  const probs = new Map<string, number[]>();
  const probsOf = (row: number, t: number, h: number): number[] => {
    const key = `${row},${t},${h}`;
    const known = probs.get(key);
    if (known) return known;
    const all = Array.from(
      { length: depth },
      (_, k) =>
        (scale ?? d ** -0.5) * sum64(d, (c) => at64(qkv, row, t, 0, h, c) * at64(qkv, first(row) + k, t, 1, h, c)),
    );
    const e = all.map((x) => Math.exp(x - Math.max(...all)));
    const p = e.map((x) => x / e.reduce((a, b) => a + b));
    probs.set(key, p);
    return p;
  };
  return make64([rows, n, heads, d], (row, t, h, c) =>
    sum64(depth, (j) => probsOf(row, t, h)[j] * at64(qkv, first(row) + j, t, 2, h, c)),
  );
}

const zeros = (...shape: number[]) => constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

opTest<Options>('depthAttention', {
  build: ([qkv], { depth, scale }) => depthAttention(qkv, depth, scale),
  ref: reference,
  cases: [
    { label: 'two volumes of five slices', inputs: [{ shape: [10, 3, 3, 2, 8] }], options: { depth: 5 } },
    { label: 'one slice', inputs: [{ shape: [3, 2, 3, 2, 4] }], options: { depth: 1 } },
    { label: 'nine slices, own scale', inputs: [{ shape: [9, 2, 3, 1, 4] }], options: { depth: 9, scale: 1.5 } },
    { label: 'odd head', inputs: [{ shape: [4, 2, 3, 3, 17] }], options: { depth: 2 } },
    { label: 'the head of ViT-H', inputs: [{ shape: [3, 1, 3, 1, 80] }], options: { depth: 3 } },
    { label: '65 slices', inputs: [{ shape: [65, 1, 3, 1, 8] }], options: { depth: 65 } },
    {
      label: 'scores that differ by hundreds',
      inputs: [{ shape: [6, 1, 3, 1, 4], range: [-12, 12] }],
      options: { depth: 6, scale: 1 },
    },
  ],
  tol: 3e-6,
  gradTol: 2e-5,
  errors: [
    [
      'rows that are no whole volumes',
      () => depthAttention(zeros(5, 1, 3, 1, 4), 2),
      /expected qkv \[B·D,N,3,heads,d\].*got \[5,1,3,1,4\] and D = 2; batches hold whole volumes/,
    ],
    ['a depth of 0', () => depthAttention(zeros(4, 1, 3, 1, 4), 0), /D = 0/],
    ['a tensor without the axis of three', () => depthAttention(zeros(4, 1, 2, 1, 4), 2), /expected qkv/],
  ],
});

test('the plan of value and gradient holds nothing of the size of the scores', () => {
  const [volumes, depth, n, heads, d] = [2, 64, 5, 2, 8];
  const built = trace(() => {
    const qkv = input('qkv', [volumes * depth, n, 3, heads, d]);
    const y = depthAttention(qkv, depth);
    return { outputs: { y, dqkv: grad(y, [qkv], input('dy', y.shape))[0] } };
  });
  const { placement, list } = planStep(built, testGpu().caps);
  const scores = volumes * n * heads * depth ** 2 * BYTES;
  expect(placement.objects.length).toBeGreaterThan(1);
  expect(Math.max(...placement.objects.map((o) => o.bytes))).toBeLessThan(scores / 2);
  // No copy of q, k or v either: kernels index the common tensor.
  expect(list.map((x) => x.op)).toEqual(['depthAttention', 'depthAttention.stats', 'depthAttention.grad']);
});
