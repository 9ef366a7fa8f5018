import { expect, test } from 'vitest';
import { gradAll } from '../../src/autograd/grad';
import { openGpu } from '../../src/gpu/device';
import { flashAttention } from '../../src/ops/flashAttention';
import { HALF_MAX, half, halfGradient, halfOrInfinity, wide } from '../../src/ops/half';
import { matmul } from '../../src/ops/matmul';
import { scale } from '../../src/ops/pointwise';
import { slice, transpose } from '../../src/ops/view';
import { compile } from '../../src/plan/compile';
import { read, readAll } from '../../src/plan/read';
import { constant, input, kept16, trace } from '../../src/tensor/tensor';
import { noise } from '../harness/array64';

const gpu = await openGpu();
const given = (shape: number[], seed: number) => {
  const n = shape.reduce((a, b) => a * b, 1);
  return constant(Float32Array.from(noise(n, seed)), shape);
};

test('keeps 11 significant bits; what is too large becomes the largest, an odd number of elements fits', async () => {
  const values = [1, -2.5, 1 + 2 ** -10, 1 + 2 ** -13, 65504, 1e6, -1e9, 2 ** -14, 0];
  const got = await read(gpu, scale(half(constant(values, [9])), 2));
  const want = [1, -2.5, 1 + 2 ** -10, 1, HALF_MAX, HALF_MAX, -HALF_MAX, 2 ** -14, 0];
  expect([...got]).toEqual(want.map((v) => 2 * v));
});

test.each([4, 5])('what is above 0 can stay so, however small (%i)', async (n) => {
  const values = [3e-5, 0, -1, 1, 1e-30];
  const y = await read(gpu, scale(half(constant(values.slice(0, n), [n]), true), 1));
  expect([...y]).toEqual([2 ** -14, 0, -1, 1, 2 ** -14].slice(0, n));
});

// Nine elements go in pairs, eight in fours.
test.each([
  ['f16', 9],
  ['packed16', 9],
  ['packed16', 8],
] as const)('gradients: what is too large, and what is no number, becomes infinity (%s, %i)', async (how, n) => {
  const [a, b, inf] = [65504, 2 ** -14, Number.POSITIVE_INFINITY];
  const step = await compile(gpu, () => ({ outputs: { y: scale(halfOrInfinity(input('x', [n])), 1) } }), { half: how });
  step.run({ x: Float32Array.of(1, -2.5, a, 65505, -1e9, Number.NaN, inf, b, -a).slice(0, n) });
  const y = await step.read('y');
  step.destroy();
  expect([...y].map(Math.abs)).toEqual([1, 2.5, a, inf, inf, inf, inf, b, a].slice(0, n));
  expect([...y].map(Math.sign)).toEqual([1, -1, 1, 1, -1, y[5] > 0 ? 1 : -1, 1, 1, -1].slice(0, n));
});

test('a gradient passes through a mark in 16 bits, and arrives in 32', async () => {
  const x = given([8, 16], 1);
  const [g, again] = trace(() => [
    ...gradAll([scale(halfGradient(x), 3)], [x], [given([8, 16], 2)]),
    given([8, 16], 2),
  ]);
  expect(g.dtype).toBe('f32');
  expect(wide(g)).toBe(g);
  const [got, dy] = await readAll(gpu, [g, scale(again, 3)]);
  for (const [i, v] of got.entries()) expect(Math.abs(v - dy[i])).toBeLessThanOrEqual(2 ** -11 * Math.abs(dy[i]));
  expect(got).not.toEqual(dy);
});

for (const variant of ['subgroup4', 'tile8', 'naive']) {
  test(`products read 16 bits in place, whatever the layout: ${variant}`, async () => {
    // Slices begin at offsets that are bound and at others; widths allow vectors and forbid them.
    for (const [m, k, n] of [
      [12, 64, 16],
      [7, 33, 5],
    ]) {
      const a = half(given([3 * m, k], 1));
      const b = half(given([k, n], 2));
      const bt = half(given([n, k], 3));
      const part = slice(a, 0, m, m);
      const [exactA, exactB, exactBt] = await readAll(gpu, [scale(part, 1), scale(b, 1), scale(bt, 1)]);
      const got = await readAll(gpu, [matmul(part, b), matmul(part, transpose(bt))], {
        variants: { matmul: variant },
      });
      for (const [which, y] of got.entries()) {
        y.forEach((v, i) => {
          const [row, col] = [Math.floor(i / n), i % n];
          let sum = 0;
          for (let c = 0; c < k; c++) sum += exactA[row * k + c] * (which ? exactBt[col * k + c] : exactB[c * n + col]);
          expect(Math.abs(v - sum)).toBeLessThan(1e-5);
        });
      }
    }
  });
}

test('attention without stored scores keeps q, k and v in 16 bits, and its statistics in 32', async () => {
  const shape = [1, 2, 64, 32];
  const ins = [1, 2, 3].map((seed) => given(shape, seed));
  const seed = given(shape, 4);
  const grads = (on: boolean) =>
    trace(() => {
      const y = kept16(() => {
        const [q, k, v] = ins.map((x) => scale(x, 2));
        return flashAttention(q, k, v, { scale: 0.2 });
      }, on);
      return gradAll([y], ins, [seed]);
    });
  const [exact, got] = [await readAll(gpu, grads(false)), await readAll(gpu, grads(true))];
  exact.forEach((want, i) => {
    const size = Math.max(...want.map(Math.abs));
    const off = Math.max(...want.map((v, k) => Math.abs(v - got[i][k])));
    expect(off).toBeGreaterThan(0);
    // Scores of a few units, each off by some roundings of 2⁻¹¹.
    expect(off / size).toBeLessThan(8 * 2 ** -11);
  });
});
