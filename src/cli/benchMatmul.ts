import { deviceName, type Gpu } from '../gpu/device';
import { matmul } from '../ops/matmul';
import { matmulKernels } from '../ops/matmulKernels';
import { transpose } from '../ops/view';
import { compile } from '../plan/compile';
import type { Outputs, PlanOptions } from '../plan/plan';
import { targetOf } from '../plan/target';
import { numel, type Shape } from '../tensor/shape';
import { input } from '../tensor/tensor';
import { identityView } from '../tensor/view';

/** A product A [batch, M, K] · B [batch, K, N]; which of the two lies transposed in memory. */
interface Case {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly layout: 'nn' | 'nt' | 'tn';
  readonly batch?: number;
}

/** What was measured of one variant. `error` is the largest deviation from the plain kernel, relative to its largest value. */
interface Row {
  readonly shape: string;
  readonly variant: string;
  readonly us: number;
  readonly gflops: number;
  readonly error: number;
  readonly compileMs: number;
}

/** Squares; ViT 192 with its adapters; SAM ViT-B; windows; attention scores; weight gradients; odd sizes. */
const CASES: readonly Case[] = [
  { m: 1024, k: 1024, n: 1024, layout: 'nn' },
  { m: 1024, k: 1024, n: 1024, layout: 'nt' },
  { m: 1024, k: 1024, n: 1024, layout: 'tn' },
  { m: 4096, k: 4096, n: 4096, layout: 'nn' },
  { m: 2048, k: 64, n: 256, layout: 'nt' },
  { m: 2048, k: 256, n: 64, layout: 'nn' },
  { m: 196, k: 192, n: 576, layout: 'nt' },
  { m: 196, k: 192, n: 768, layout: 'nt' },
  { m: 196, k: 768, n: 192, layout: 'nt' },
  { m: 196, k: 192, n: 48, layout: 'nt' },
  { m: 196, k: 48, n: 192, layout: 'nt' },
  { m: 192, k: 196, n: 48, layout: 'tn' },
  { m: 196, k: 64, n: 196, layout: 'nt', batch: 3 },
  { m: 4096, k: 768, n: 2304, layout: 'nt' },
  { m: 4096, k: 768, n: 3072, layout: 'nt' },
  { m: 4096, k: 3072, n: 768, layout: 'nt' },
  { m: 768, k: 4096, n: 48, layout: 'tn' },
  { m: 768, k: 4096, n: 768, layout: 'tn' },
  { m: 256, k: 128, n: 384, layout: 'nt', batch: 8 },
  { m: 7, k: 256, n: 2048, layout: 'nt' },
  { m: 7, k: 2048, n: 256, layout: 'nt' },
  { m: 1001, k: 53, n: 61, layout: 'nn', batch: 37 },
];

/** Most operations of a case on a software adapter: it does a few thousand million a second. */
const SOFTWARE_FLOPS = 2e8;
/** Tolerated deviation from the plain kernel, which adds in another order. */
const TOLERANCE = 1e-4;

/** Prints every variant of the matrix product on every case with its speed; fails when one deviates from the plain kernel. */
export async function benchMatmul(gpu: Gpu, json: boolean): Promise<void> {
  const { software } = targetOf(gpu.caps);
  const cases = CASES.filter((c) => !software || flops(c) <= SOFTWARE_FLOPS);
  const rows: Row[] = [];
  if (!json) {
    console.log(deviceName(gpu.caps));
    if (cases.length < CASES.length)
      console.log(`software adapter: ${CASES.length - cases.length} large cases left out`);
  }
  for (const c of cases) rows.push(...(await benchCase(gpu, c, json)));
  if (json) console.log(JSON.stringify({ device: deviceName(gpu.caps), rows }, null, 1));
  const wrong = rows.filter((r) => !(r.error <= TOLERANCE));
  if (wrong.length)
    throw new Error(`bench: wrong results of ${wrong.map((r) => `${r.variant} on ${r.shape}`).join(', ')}`);
}

async function benchCase(gpu: Gpu, c: Case, json: boolean): Promise<Row[]> {
  const shape = `${c.layout} ${c.batch ? `${c.batch}×` : ''}${c.m}×${c.k}·${c.k}×${c.n}`;
  const names = variants(gpu, c);
  const b = c.batch ?? 1;
  const data = { a: wave(numel([b, c.m, c.k]), 1), b: wave(numel([b, c.k, c.n]), 2) };
  // One kernel each, whatever the device's default would split.
  const only = (variant: string): PlanOptions => ({ variants: { matmul: variant }, target: { software: true } });
  const want = (await measure(gpu, c, data, only('naive'), null)).y;
  const rows: Row[] = [];
  for (const variant of ['default', ...names]) {
    const r = await measure(gpu, c, data, variant === 'default' ? {} : only(variant), want);
    const name = variant === 'default' ? `default: ${r.made}` : variant;
    const row = {
      shape,
      variant: name,
      us: r.us,
      gflops: flops(c) / r.us / 1e3,
      error: r.error,
      compileMs: r.compileMs,
    };
    rows.push(row);
    if (!json) console.log(showRow(row));
  }
  return rows;
}

function showRow(r: Row): string {
  const cells = [r.us.toFixed(1), r.gflops.toFixed(0), r.error.toExponential(0), r.compileMs.toFixed(0)];
  return `${r.shape.padEnd(28)}${r.variant.padEnd(32)}${cells[0].padStart(10)} µs${cells[1].padStart(8)} GFLOP/s  error ${cells[2]}  compile ${cells[3]} ms`;
}

/** Numbers in [-1, 1] without a period that a tile could hide. */
function wave(n: number, seed: number): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => Math.sin(seed + i * 0.7310585));
}

function flops({ m, k, n, batch = 1 }: Case): number {
  return 2 * batch * m * k * n;
}

function variants(gpu: Gpu, c: Case): string[] {
  const b = c.batch ?? 1;
  const operand = (shape: Shape) => ({ shape, dtype: 'f32' as const, view: identityView(shape) });
  const q = { ins: [operand([1, b, c.m, c.k]), operand([1, b, c.k, c.n])], attrs: { heads: 1 } };
  return matmulKernels({ ...q, out: { shape: [1, b, c.m, c.n], dtype: 'f32' }, target: targetOf(gpu.caps) })
    .filter((k) => (k.needs ?? []).every((f) => gpu.caps.features.includes(f)))
    .map((k) => k.variant);
}

function build(c: Case): () => Outputs {
  const b = c.batch ?? 1;
  return () => {
    const x = c.layout === 'tn' ? transpose(input('a', [b, c.k, c.m])) : input('a', [b, c.m, c.k]);
    const y = c.layout === 'nt' ? transpose(input('b', [b, c.n, c.k])) : input('b', [b, c.k, c.n]);
    return { outputs: { y: matmul(x, y) } };
  };
}

async function measure(
  gpu: Gpu,
  c: Case,
  data: { a: Float32Array; b: Float32Array },
  options: PlanOptions,
  want: Float32Array | null,
): Promise<{ us: number; error: number; compileMs: number; made: string; y: Float32Array }> {
  const t0 = performance.now();
  const step = await compile(gpu, build(c), options);
  const compileMs = performance.now() - t0;
  step.run(data);
  const y = await step.read('y');
  // Long enough that a clock of a tenth of a millisecond does not matter, short enough for a driver's watchdog.
  const once = await step.burst(1);
  const times = Math.max(1, Math.min(200, Math.floor(10_000 / once)));
  let us = once;
  for (let i = 0; want && i < 3; i++) us = Math.min(us, await step.burst(times));
  const made = step.plan.list.map((d) => d.kernel.variant).join(' + ');
  step.destroy();
  return { us, error: want ? deviation(y, want) : 0, compileMs, made, y };
}

function deviation(got: Float32Array, want: Float32Array): number {
  let [worst, size] = [0, 0];
  for (let i = 0; i < want.length; i++) {
    worst = Math.max(worst, Number.isNaN(got[i]) ? Infinity : Math.abs(got[i] - want[i]));
    size = Math.max(size, Math.abs(want[i]));
  }
  return worst / size;
}
