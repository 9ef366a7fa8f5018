import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { matmul } from '../../src/ops/matmul';
import { bestTile, splitOf, tileName, WORKGROUP_TILES } from '../../src/ops/matmulKernels';
import { add } from '../../src/ops/pointwise';
import { transpose } from '../../src/ops/view';
import { compile } from '../../src/plan/compile';
import type { PlanOptions } from '../../src/plan/plan';
import { constant, type Tensor } from '../../src/tensor/tensor';
import { noise } from '../harness/array64';

const gpu = await openGpu();

interface Case {
  readonly label: string;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** Batch of A; B is shared by it. */
  readonly batch?: number;
  readonly ta?: boolean;
  readonly tb?: boolean;
}

/** epilogue(A·B) = A·B + bias on the GPU, A and B given transposed where the case says so, and in float64. */
function product({ m, k, n, batch = 1, ta, tb }: Case): { y: Tensor; want: Float64Array } {
  const [av, bv, bias] = [noise(batch * m * k, 1), noise(k * n, 2), noise(n, 3)].map((x) => Float32Array.from(x));
  const a = ta ? transpose(constant(av, [batch, k, m], 'a')) : constant(av, [batch, m, k], 'a');
  const b = tb ? transpose(constant(bv, [1, n, k], 'b')) : constant(bv, [1, k, n], 'b');
  const want = new Float64Array(batch * m * n);
  for (let z = 0; z < batch; z++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let s = bias[j];
        for (let c = 0; c < k; c++) s += av[z * m * k + (ta ? c * m + i : i * k + c)] * bv[tb ? j * k + c : c * n + j];
        want[(z * m + i) * n + j] = s;
      }
  return { y: add(matmul(a, b), constant(bias, [n], 'bias')), want };
}

async function check(c: Case, options: PlanOptions): Promise<string[]> {
  const { y, want } = product(c);
  const step = await compile(gpu, () => ({ outputs: { y } }), options);
  step.run();
  const got = await step.read('y');
  const ops = step.plan.list.map((d) => `${d.op} ${d.kernel.variant}`);
  step.destroy();
  expect(got.length).toBe(want.length);
  const worst = want.reduce((e, w, i) => Math.max(e, Math.abs(got[i] - w) || (got[i] === w ? 0 : Infinity)), 0);
  const size = want.reduce((e, w) => Math.max(e, Math.abs(w)), 0);
  expect(worst / size, JSON.stringify({ ...c, ...options })).toBeLessThan(2e-6);
  return ops;
}

const LAYOUTS: readonly Case[] = [
  { label: 'nn in vec4s, B shared by a batch', m: 67, k: 76, n: 68, batch: 2 },
  { label: 'nt in vec4s, odd N', m: 69, k: 72, n: 61, tb: true },
  { label: 'tn in vec4s', m: 68, k: 75, n: 60, ta: true },
  { label: 'tt of odd sizes', m: 67, k: 71, n: 65, ta: true, tb: true },
];

for (const c of LAYOUTS) {
  for (const variant of ['wg32x32k16r4', 'wg64x64k16']) {
    test(`${variant}: ${c.label}`, async () => {
      expect(await check(c, { variants: { matmul: variant } })).toEqual([`matmul ${variant}`]);
    });
  }
}

for (const t of WORKGROUP_TILES) {
  test(`${tileName(t)} beyond one tile`, async () => {
    await check({ label: 'odd', m: t.m + 3, k: 148, n: t.n + 49 }, { variants: { matmul: tileName(t) } });
  });
}

test('a GPU splits a long K in two fixed stages; a software adapter does not', async () => {
  const c: Case = { label: 'weight gradient', m: 12, k: 1036, n: 20, ta: true };
  expect(splitOf([1, 1, 12, 20], 1036)).toBe(7);
  const ops = await check(c, { target: { software: false } });
  expect(ops.map((o) => o.split(' ')[0])).toEqual(['matmul', 'reduce', 'add']);
  expect(await check(c, { target: { software: true } })).toHaveLength(1);
});

test('tiles follow the number of workgroups', () => {
  const name = (m: number, n: number, b = 1) => tileName(bestTile([1, b, m, n]));
  expect(name(4096, 2304)).toBe('wg128x128k16');
  expect(name(1024, 1024)).toBe('wg64x64k16');
  expect(name(196, 576)).toBe('wg32x32k16r4');
  expect(name(8192, 60)).toBe('wg32x64k16r4');
  expect(splitOf([1, 1, 4096, 768], 768)).toBe(1);
  expect(splitOf([1, 1, 192, 48], 196)).toBe(1);
});
