import { expect, test } from 'vitest';
import { grad } from '../../src/autograd/grad';
import { openGpu } from '../../src/gpu/device';
import { linear, matmul } from '../../src/ops/matmul';
import { add, gelu, mul, scale } from '../../src/ops/pointwise';
import { mean, sum } from '../../src/ops/reduce';
import { concat, pad, permute, reshape, slice, transpose } from '../../src/ops/view';
import { planStep } from '../../src/plan/plan';
import { read, readAll } from '../../src/plan/read';
import { constant } from '../../src/tensor/tensor';

const gpu = await openGpu();
const iota = (n: number, k = 1) => Float32Array.from({ length: n }, (_, i) => Math.sin(i * k));

test('pointwise with broadcasting', async () => {
  const y = await read(gpu, gelu(add(constant([1, 2, 3, 4, 5, 6], [2, 3]), constant([10, 20, 30], [3]))));
  expect([...y].map(Math.round)).toEqual([11, 22, 33, 14, 25, 36]);
});

test('views: permute, slice, pad, concat', async () => {
  const x = constant([1, 2, 3, 4, 5, 6], [2, 3]);
  expect([...(await read(gpu, transpose(x)))]).toEqual([1, 4, 2, 5, 3, 6]);
  expect([
    ...(await read(
      gpu,
      concat(
        [
          slice(x, 1, 1, 2),
          pad(slice(x, 1, 0, 1), [
            [0, 0],
            [1, 0],
          ]),
        ],
        1,
      ),
    )),
  ]).toEqual([2, 3, 0, 1, 5, 6, 0, 4]);
  expect([...(await read(gpu, reshape(permute(reshape(x, [1, 2, 3]), [2, 0, 1]), [2, 3])))]).toEqual([
    1, 4, 2, 5, 3, 6,
  ]);
});

for (const variant of ['subgroup4', 'tile8', 'naive']) {
  for (const [m, k, n] of [
    [1, 1, 1],
    [3, 5, 7],
    [17, 8, 12],
    [65, 64, 33],
    [16, 16, 16],
  ]) {
    test(`matmul ${m}×${k}×${n} ${variant} nn nt tn`, async () => {
      const a = iota(m * k);
      const b = iota(k * n, 2);
      const want = new Float32Array(m * n);
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) for (let l = 0; l < k; l++) want[i * n + j] += a[i * k + l] * b[l * n + j];
      const A = constant(a, [m, k]);
      const B = constant(b, [k, n]);
      const At = transpose(
        constant(
          a.map((_, i) => a[(i % m) * k + Math.floor(i / m)]),
          [k, m],
        ),
      );
      const Bt = transpose(
        constant(
          b.map((_, i) => b[(i % k) * n + Math.floor(i / k)]),
          [n, k],
        ),
      );
      for (const y of await readAll(gpu, [matmul(A, B), matmul(A, Bt), matmul(At, B), matmul(At, Bt)], {
        variants: { matmul: variant },
      })) {
        expect(Math.max(...y.map((v, i) => Math.abs(v - want[i])))).toBeLessThan(1e-4);
      }
    });
  }
}

test('linear + gelu + residual is one dispatch, and its gradient is right', async () => {
  const x = constant(iota(6 * 8), [6, 8]);
  const w = constant(iota(4 * 8, 3), [4, 8]);
  const b = constant(iota(4, 5), [4]);
  const y = scale(add(gelu(linear(x, w, b)), slice(x, 1, 0, 4)), 2);
  const plan = planStep({ outputs: { y } }, gpu.caps);
  expect(plan.list.length).toBe(1);
  const loss = mean(mul(y, y));
  const [gw, gb] = grad(loss, [w, b]);
  const [l0, dw, db] = await readAll(gpu, [loss, gw, gb]);
  const eps = 1e-3;
  const at = async (bd: Float32Array, wd: Float32Array) => {
    const yy = scale(add(gelu(linear(x, constant(wd, [4, 8]), constant(bd, [4]))), slice(x, 1, 0, 4)), 2);
    return (await read(gpu, mean(mul(yy, yy))))[0];
  };
  const b0 = iota(4, 5);
  const b1 = b0.slice();
  b1[2] += eps;
  expect(((await at(b1, iota(32, 3))) - l0[0]) / eps).toBeCloseTo(db[2], 1);
  const w1 = iota(32, 3);
  w1[9] += eps;
  expect(((await at(b0, w1)) - l0[0]) / eps).toBeCloseTo(dw[9], 1);
});

test('sum over all and axes', async () => {
  const x = constant(
    Float32Array.from({ length: 3000 }, (_, i) => i % 7),
    [3, 1000],
  );
  const [s, r] = await readAll(gpu, [sum(x), sum(x, [1])]);
  const all = Array.from({ length: 3000 }, (_, i) => i % 7);
  expect(s[0]).toBe(all.reduce((a, b) => a + b));
  expect(r[1]).toBe(all.slice(1000, 2000).reduce((a, b) => a + b));
});
