import { deviceName, type Gpu } from '../gpu/device';
import { showBytes } from '../gpu/errors';
import { compile } from '../plan/compile';
import type { Outputs } from '../plan/plan';

/** Milliseconds and GFLOP/s of the ViT workload's three steps in Dawn, our engine alone, printed row by row. */
export async function benchDawn(gpu: Gpu, tokens: readonly number[], json: boolean): Promise<void> {
  const rows: Row[] = [];
  if (!json) console.log(`${deviceName(gpu.caps)}\n${HEAD}`);
  for (const t of tokens) {
    for (const w of ['forward', 'adapters', 'all'] as const) {
      rows.push(await benchVit(gpu, t, w));
      if (!json) console.log(showRow(rows[rows.length - 1]));
    }
  }
  if (json) console.log(JSON.stringify({ device: deviceName(gpu.caps), rows }, null, 1));
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

async function benchVit(gpu: Gpu, tokens: number, work: 'forward' | 'adapters' | 'all'): Promise<Row> {
  const { vitStep } = await import('./benchVit');
  const { build } = vitStep({ tokens, dim: 192, heads: 3, blocks: 4, bottleneck: 48 }, work);
  const x = Float32Array.from({ length: tokens * 192 }, (_, i) => Math.sin(i));
  const hyper: Record<string, Float32Array> = work === 'forward' ? {} : { hyper: Float32Array.of(1e-4, 1, 1, 1) };
  return time(gpu, `ViT 192×4, ${tokens} tokens, ${work}`, build, { x, ...hyper });
}

/** Best of several runs (at least 3, at most 2 s). */
async function time(gpu: Gpu, name: string, build: () => Outputs, inputs: Record<string, Float32Array>): Promise<Row> {
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

function total(gpu: Gpu): number {
  return Object.values(gpu.created).reduce((a, b) => a + b, 0);
}
