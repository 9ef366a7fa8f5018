import { expect, test } from 'vitest';
import { openGpu } from '../../src/gpu/device';
import { matmul } from '../../src/ops/matmul';
import { bestTile } from '../../src/ops/matmulKernels';
import { splitOf } from '../../src/ops/matmulSplit';
import { tileName, WORKGROUP_TILES } from '../../src/ops/matmulTiles';
import { add, scale } from '../../src/ops/pointwise';
import { permute, reshape, transpose } from '../../src/ops/view';
import { compile } from '../../src/plan/compile';
import { type PlanOptions, planStep } from '../../src/plan/plan';
import { read } from '../../src/plan/read';
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

for (const variant of ['naive', 'tile8', 'subgroup4', 'wg32x32k16r4', 'wg64x64k16']) {
  test(`${variant} stores the products of heads as channels, without a copy`, async ({ skip }) => {
    if (variant === 'subgroup4' && !gpu.caps.features.includes('subgroups')) skip();
    const [p, v, w] = [noise(2 * 3 * 67 * 36, 1), noise(2 * 3 * 36 * 20, 2), noise(60 * 40, 3)];
    const heads = matmul(constant(p, [2, 3, 67, 36], 'p'), constant(v, [2, 3, 36, 20], 'v'));
    const y = matmul(reshape(permute(scale(heads, 1), [0, 2, 1, 3]), [2 * 67, 60]), constant(w, [60, 40], 'w'));
    const beside = matmul(reshape(permute(heads, [0, 2, 1, 3]), [2 * 67, 60]), constant(w, [60, 40], 'w'));
    const step = await compile(gpu, () => ({ outputs: { beside } }), { variants: { matmul: variant } });
    step.run();
    const got = await step.read('beside');
    expect(step.plan.list.map((d) => d.op)).toEqual(['matmul', 'matmul']);
    step.destroy();
    // The same through a copy, by the plain kernels.
    const want = await read(gpu, y, { variants: { matmul: 'naive' }, fuse: false });
    const size = want.reduce((e, x) => Math.max(e, Math.abs(x)), 0);
    expect(got.reduce((e, x, i) => Math.max(e, Math.abs(x - want[i])), 0) / size).toBeLessThan(3e-6);
  });
}

test('heads are left alone where others read the product as it was', () => {
  const heads = matmul(
    constant(noise(2 * 3 * 5 * 4, 1), [2, 3, 5, 4], 'p'),
    constant(noise(2 * 3 * 4 * 8, 2), [2, 3, 4, 8], 'v'),
  );
  const y = matmul(reshape(permute(heads, [0, 2, 1, 3]), [10, 24]), constant(noise(24 * 4, 3), [24, 4], 'w'));
  const ops = (outputs: Record<string, Tensor>) => planStep({ outputs }, gpu.caps).list.map((d) => d.op);
  expect(ops({ y, heads })).toEqual(['matmul', 'copy', 'matmul']);
  expect(ops({ y })).toEqual(['matmul', 'matmul']);
});

test('a GPU splits a long K in two fixed stages; a software adapter does not', async () => {
  const c: Case = { label: 'weight gradient', m: 12, k: 1036, n: 20, ta: true };
  expect(splitOf([1, 1, 12, 20], 1036)).toBe(7);
  const ops = await check(c, { target: { software: false } });
  expect(ops.map((o) => o.split(' ')[0])).toEqual(['matmul', 'reduce', 'add']);
  expect(await check(c, { target: { software: true } })).toHaveLength(1);
});

test('a GPU splits the long K of a batch, of heads that lie side by side in memory, too', async () => {
  const [heads, m, k, n] = [3, 7, 1024, 5];
  const [pv, vv] = [noise(heads * m * k, 1), noise(k * heads * n, 2)].map((x) => Float32Array.from(x));
  const p = constant(pv, [1, heads, m, k], 'p');
  const v = permute(constant(vv, [1, k, heads, n], 'v'), [0, 2, 1, 3]);
  const step = await compile(gpu, () => ({ outputs: { y: matmul(p, v) } }), { target: { software: false } });
  step.run();
  const got = await step.read('y');
  expect(step.plan.list.map((d) => [d.op, d.result.shape.join()])).toEqual([
    ['matmul', '3,8,7,5'],
    ['reduce', '105,1'],
  ]);
  step.destroy();
  for (let h = 0; h < heads; h++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let s = 0;
        for (let c = 0; c < k; c++) s += pv[(h * m + i) * k + c] * vv[(c * heads + h) * n + j];
        expect(Math.abs(got[(h * m + i) * n + j] - s)).toBeLessThan(2e-5);
      }
});

test('parts of a cut product are not cut again, whoever said into how many', () => {
  const y = matmul(constant(noise(64 * 4096, 1), [64, 4096], 'a'), constant(noise(4096 * 64, 2), [4096, 64], 'b'));
  const plan = planStep({ outputs: { y } }, gpu.caps, { target: { software: false, parts: () => 2 } });
  expect(plan.list.map((d) => d.op)).toEqual(['matmul', 'reduce']);
  expect(plan.list[0].result.shape).toEqual([1, 2, 64, 64]);
});

test('tiles follow the number of workgroups', () => {
  const name = (m: number, n: number, b = 1) => tileName(bestTile([1, b, m, n]));
  expect(name(4096, 3072)).toBe('wg128x128k16r16');
  expect(name(4096, 2304)).toBe('wg64x64k16');
  expect(name(4096, 768)).toBe('wg64x64k16');
  expect(name(1024, 1024)).toBe('wg64x64k16');
  expect(name(196, 576)).toBe('wg32x32k16r4');
  expect(name(8192, 60)).toBe('wg32x64k16r4');
  expect(splitOf([1, 1, 4096, 768], 768)).toBe(1);
  expect(splitOf([1, 1, 192, 48], 196)).toBe(1);
});
