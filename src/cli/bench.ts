import { deviceName, type Gpu, openGpu } from '../gpu/device';
import { showBytes } from '../gpu/errors';
import { SAM_ROWS, type SamName } from '../models/sam/config';
import { matmul } from '../ops/matmul';
import { transpose } from '../ops/view';
import { compile } from '../plan/compile';
import { explainText } from '../plan/explain';
import type { Outputs } from '../plan/plan';
import type { Step } from '../plan/step';
import type { Shape } from '../tensor/shape';
import { leafTensor } from '../tensor/tensor';

const HELP = `bench: milliseconds and GFLOP/s, with what a step costs in dispatches, submits, new objects and bytes
  --matmul            every variant of the matrix product × shapes of the models, checked against the plain one
  --vit               the ViT workload only; --tokens 196,1024 (default 196)
  --sam NAME          one encoder pass of a SAM with random weights (vit_b: minutes without a GPU)
  --profile           microseconds per dispatch, where the device has timestamps
  --json              rows as JSON`;

/** `bench`: see HELP. */
export async function run(argv: string[]): Promise<number> {
  if (argv.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  if (argv.includes('--sam')) {
    const name = argv[argv.indexOf('--sam') + 1] ?? '';
    if (!(name in SAM_ROWS))
      throw new Error(`bench: --sam wants one of ${Object.keys(SAM_ROWS).join(', ')}, got '${name}'`);
    await (await import('./benchSam')).benchSam(name as SamName);
    return 0;
  }
  const gpu = await openGpu();
  if (argv.includes('--matmul')) {
    await (await import('./benchMatmul')).benchMatmul(gpu, argv.includes('--json'));
    gpu.destroy();
    return 0;
  }
  const all = !argv.includes('--vit');
  const profile = argv.includes('--profile');
  const rows: Row[] = [];
  const put = (r: Row) => {
    rows.push(r);
    if (!argv.includes('--json')) console.log(showRow(r));
  };
  if (!argv.includes('--json')) console.log(`${deviceName(gpu.caps)}\n${HEAD}`);
  if (all) for (const m of MATMULS) put(await benchMatmul(gpu, m));
  if (all || argv.includes('--vit')) {
    const at = argv.indexOf('--tokens');
    const tokens = at < 0 ? [196] : argv[at + 1].split(',').map(Number);
    for (const t of tokens)
      for (const w of ['forward', 'adapters', 'all'] as const) put(await benchVit(gpu, t, w, profile));
  }
  if (argv.includes('--json')) console.log(JSON.stringify({ device: deviceName(gpu.caps), rows }, null, 1));
  gpu.destroy();
  return 0;
}

interface Row {
  readonly name: string;
  readonly ms: number;
  readonly gflops: number;
  readonly compileMs: number;
  readonly dispatches: number;
  readonly submits: number;
  /** GPU objects created by a run in steady state. */
  readonly created: number;
  readonly planned: number;
}

const HEAD = ['workload'.padEnd(44), 'ms', 'GFLOP/s', 'compile', 'disp', 'sub', 'new', 'planned'].join('\t');

function showRow(r: Row): string {
  const cells = [
    r.ms.toFixed(1),
    r.gflops.toFixed(2),
    `${r.compileMs.toFixed(0)}ms`,
    r.dispatches,
    r.submits,
    r.created,
    showBytes(r.planned),
  ];
  return [r.name.padEnd(44), ...cells].join('\t');
}

interface MatmulCase {
  readonly a: Shape;
  readonly b: Shape;
  readonly layout: 'nn' | 'nt' | 'tn';
}

const MATMULS: readonly MatmulCase[] = [
  { a: [1024, 1024], b: [1024, 1024], layout: 'nn' },
  { a: [1024, 1024], b: [1024, 1024], layout: 'nt' },
  { a: [1024, 1024], b: [1024, 1024], layout: 'tn' },
  { a: [12, 1024, 64], b: [12, 64, 1024], layout: 'nn' },
  { a: [12, 1024, 64], b: [12, 64, 1024], layout: 'nt' },
  { a: [2048, 64], b: [64, 256], layout: 'nt' },
  { a: [2048, 256], b: [256, 64], layout: 'nn' },
  { a: [37, 1001, 53], b: [37, 53, 61], layout: 'nn' },
];

async function benchMatmul(gpu: Gpu, c: MatmulCase): Promise<Row> {
  const build = (): Outputs => {
    const leaf = (name: string, shape: Shape) => leafTensor({ kind: 'state', name, shape, dtype: 'f32' });
    const swap = (s: Shape) => [...s.slice(0, -2), s[s.length - 1], s[s.length - 2]];
    const a = c.layout === 'tn' ? transpose(leaf('a', swap(c.a))) : leaf('a', c.a);
    const b = c.layout === 'nt' ? transpose(leaf('b', swap(c.b))) : leaf('b', c.b);
    return { outputs: { y: matmul(a, b) } };
  };
  return time(gpu, `matmul ${c.layout} ${c.a.join('×')} · ${c.b.join('×')}`, build, {}, false);
}

async function benchVit(
  gpu: Gpu,
  tokens: number,
  work: 'forward' | 'adapters' | 'all',
  profile: boolean,
): Promise<Row> {
  const { vitStep } = await import('./benchVit');
  const build = vitStep({ tokens, dim: 192, heads: 3, blocks: 4, bottleneck: 48 }, work);
  const x = Float32Array.from({ length: tokens * 192 }, (_, i) => Math.sin(i));
  const hyper: Record<string, Float32Array> = work === 'forward' ? {} : { hyper: Float32Array.of(1e-4, 1, 1, 1) };
  return time(gpu, `ViT 192×4, ${tokens} tokens, ${work}`, build, { x, ...hyper }, profile);
}

/** Best of several runs (at least 3, at most 2 s). */
async function time(
  gpu: Gpu,
  name: string,
  build: () => Outputs,
  inputs: Record<string, Float32Array>,
  profile: boolean,
): Promise<Row> {
  const t0 = performance.now();
  const step = await compile(gpu, build);
  const compileMs = performance.now() - t0;
  step.run(inputs);
  await gpu.device.queue.onSubmittedWorkDone();
  const before = total(gpu);
  let ms = Number.POSITIVE_INFINITY;
  const start = performance.now();
  for (let i = 0; i < 3 || performance.now() - start < 2000; i++) {
    const t = performance.now();
    step.run();
    await gpu.device.queue.onSubmittedWorkDone();
    ms = Math.min(ms, performance.now() - t);
  }
  const created = total(gpu) - before;
  if (profile) await showProfile(step);
  const { plan } = step;
  const row = {
    name,
    ms,
    gflops: plan.flops / ms / 1e6,
    compileMs,
    dispatches: plan.list.length,
    submits: 1,
    created,
    planned: plan.bytes.planned,
  };
  step.destroy();
  return row;
}

async function showProfile(step: Step): Promise<void> {
  const micros = await step.profile();
  const rows = step.explain();
  console.log(explainText(rows, micros));
  if (!micros) return;
  const by = new Map<string, number>();
  for (const [i, r] of rows.entries()) {
    by.set(`${r.op}/${r.variant}`, (by.get(`${r.op}/${r.variant}`) ?? 0) + micros[i]);
  }
  for (const [k, us] of [...by].sort((a, b) => b[1] - a[1]))
    console.log(`${(us / 1000).toFixed(2).padStart(10)} ms  ${k}`);
}

function total(gpu: Gpu): number {
  return Object.values(gpu.created).reduce((a, b) => a + b, 0);
}
