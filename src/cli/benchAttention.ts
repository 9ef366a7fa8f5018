import { gradAll } from '../autograd/grad';
import { deviceName, type Gpu } from '../gpu/device';
import { GpuError, showBytes } from '../gpu/errors';
import { type AttentionForm, attention, decomposedRelPos, getRelPos } from '../ops/attention';
import { FLASH_VARIANTS } from '../ops/flashKernels';
import { permute, reshape, slice } from '../ops/view';
import { compile } from '../plan/compile';
import { leafBuffer } from '../plan/leaves';
import type { Outputs } from '../plan/plan';
import type { Step } from '../plan/step';
import { targetOf } from '../plan/target';
import { numel, type Shape } from '../tensor/shape';
import { input, type Leaf, leafTensor, type Tensor } from '../tensor/tensor';

/**
 * Self-attention of `batch` maps of h × w tokens, with `rel` with SAM's decomposed relative positions; or of h × w tokens with as
 * many other `keys` as that.
 */
interface Case {
  readonly batch: number;
  readonly h: number;
  readonly w: number;
  readonly heads: number;
  readonly d: number;
  readonly rel: boolean;
  readonly keys?: number;
}

/** What a software adapter does in a minute or two. */
const SMALL: readonly Case[] = [
  { batch: 1, h: 8, w: 8, heads: 3, d: 64, rel: false },
  { batch: 1, h: 14, w: 14, heads: 3, d: 64, rel: false },
  { batch: 1, h: 32, w: 32, heads: 3, d: 64, rel: false },
  { batch: 1, h: 16, w: 16, heads: 12, d: 64, rel: true },
  { batch: 4, h: 14, w: 14, heads: 12, d: 64, rel: true },
];

/** Layers of ViT-B: one window and 25, maps of images of 512² and 1024²; with and without relative positions. */
const LARGE: readonly Case[] = [
  ...[14, 32, 64].flatMap((side) => [false, true].map((rel) => square(side, 12, rel))),
  { batch: 25, h: 14, w: 14, heads: 12, d: 64, rel: true },
];

/** Of the mask decoder: tokens with themselves, with the image, the image with tokens; of SAM ViT-B and of the small ones. */
const FEW: readonly Case[] = [
  { batch: 1, h: 7, w: 1, heads: 8, d: 32, rel: false, keys: 7 },
  { batch: 1, h: 7, w: 1, heads: 8, d: 16, rel: false, keys: 4096 },
  { batch: 1, h: 64, w: 64, heads: 8, d: 16, rel: false, keys: 7 },
  { batch: 4, h: 9, w: 1, heads: 2, d: 16, rel: false, keys: 256 },
  { batch: 4, h: 16, w: 16, heads: 2, d: 16, rel: false, keys: 9 },
];

function square(side: number, heads: number, rel: boolean): Case {
  return { batch: 1, h: side, w: side, heads, d: 64, rel };
}

/** One way to compute it. */
interface Way {
  readonly name: string;
  /** Null: what `attention` chooses. */
  readonly form: AttentionForm | null;
  readonly variants: Readonly<Record<string, string>>;
}

interface Made {
  readonly way: Way;
  readonly step: Step;
  readonly compileMs: number;
  ms: number;
}

/** Which sizes to measure: `large` those of ViT-B also on a software adapter, `tokens` maps of so many tokens only. */
export interface AttentionSizes {
  readonly large?: boolean;
  readonly tokens?: readonly number[];
}

/**
 * `bench --attention`: all forms and variants of attention that this device offers, forward and forward with gradients, runs
 * interleaved, the best of each. TFLOP/s count two products forward and six with gradients, whatever a form computes again.
 * `error` is the largest difference from the first result. Prints a line each.
 */
export async function benchAttention(gpu: Gpu, sizes: AttentionSizes, put: (line: string) => void): Promise<void> {
  put(deviceName(gpu.caps));
  const { software } = targetOf(gpu.caps);
  const named = sizes.tokens?.flatMap((n) => [false, true].map((rel) => square(sideOf(n), software ? 3 : 12, rel)));
  for (const c of named ?? [...FEW, ...(software && !sizes.large ? SMALL : LARGE)]) {
    for (const gradient of [false, true]) {
      const keys = c.keys ? `, ${c.keys} keys` : '';
      const size = `${c.batch}×${c.heads} heads, ${c.h}×${c.w} tokens${keys}, d ${c.d}${c.rel ? ', rel' : ''}`;
      put(`\n${size}, ${gradient ? 'forward + gradients' : 'forward'}`);
      await benchCase(gpu, c, gradient, put);
    }
  }
}

function sideOf(tokens: number): number {
  const side = Math.round(Math.sqrt(tokens));
  if (side * side !== tokens)
    throw new Error(`bench --attention: maps are square, got ${tokens} tokens; try ${side * side}`);
  return side;
}

/** Operations of the products that any form must do. */
function flopsOf(c: Case, gradient: boolean): number {
  const tokens = c.h * c.w;
  return (gradient ? 12 : 4) * c.batch * c.heads * tokens * (c.keys ?? tokens) * c.d;
}

async function benchCase(gpu: Gpu, c: Case, gradient: boolean, put: (line: string) => void): Promise<void> {
  const leaf: Leaf = { kind: 'state', name: 'qkv', shape: [c.batch, c.h * c.w, 3, c.heads, c.d], dtype: 'f32' };
  gpu.device.queue.writeBuffer(leafBuffer(gpu, leaf), 0, waves(numel(leaf.shape), 1));
  const made: Made[] = [];
  for (const way of ways(gpu)) {
    const t = performance.now();
    try {
      const step = await compile(gpu, () => build(c, leaf, way, gradient), { variants: way.variants });
      for (const i of step.plan.inputs) step.write(i.leaf!.name, waves(numel(i.shape), 0.1));
      made.push({ way, step, compileMs: performance.now() - t, ms: Number.POSITIVE_INFINITY });
    } catch (e) {
      if (!(e instanceof GpuError) || e.kind === 'lost') throw e;
      put(`  ${way.name.padEnd(20)} ${e.message.split('\n')[0]}`);
    }
  }
  await runAll(gpu, made);
  const base = await made[0].step.read('y');
  for (const m of made) {
    const y = m === made[0] ? base : await m.step.read('y');
    const error = y.reduce((e, v, i) => Math.max(e, Math.abs(v - base[i])), 0);
    put(rowText(m, made[0].ms, flopsOf(c, gradient), error));
    m.step.destroy();
  }
}

function rowText({ way, step, ms, compileMs }: Made, first: number, flops: number, error: number): string {
  const cells = [
    `${ms.toFixed(ms < 10 ? 3 : 1)} ms`,
    `${(flops / ms / 1e9).toPrecision(3)} TFLOP/s`,
    `${(ms / first).toFixed(2)}×`,
    `compile ${compileMs.toFixed(0)} ms`,
  ];
  const rest = [`${step.plan.list.length} dispatches`, `error ${error.toExponential(1)}`];
  const memory = showBytes(step.plan.bytes.planned).padStart(9);
  return `  ${way.name.padEnd(18)} ${cells.map((s) => s.padStart(15)).join('')}  ${memory}  ${rest.join('  ')}`;
}

/**
 * Interleaved rounds, at least two after the first: half a second on a GPU, ten on a software adapter. A short step is run so often
 * in a row that its submits are not all that is measured.
 */
async function runAll(gpu: Gpu, made: readonly Made[]): Promise<void> {
  const limit = targetOf(gpu.caps).software ? 10_000 : 500;
  const start = performance.now();
  for (let round = 0; round < 20 && (round < 3 || performance.now() - start < limit); round++) {
    for (const m of made) {
      const times = Number.isFinite(m.ms) ? Math.min(16, Math.max(1, Math.round(10 / m.ms))) : 1;
      const t = performance.now();
      for (let i = 0; i < times; i++) m.step.run();
      await gpu.device.queue.onSubmittedWorkDone();
      if (round > 0) m.ms = Math.min(m.ms, (performance.now() - t) / times);
    }
  }
}

function ways(gpu: Gpu): Way[] {
  // Each is hopeless on the other kind of device: several times slower, and seconds to compile.
  const hopeless = targetOf(gpu.caps).software ? 'workgroup' : 'rows4';
  const offered = FLASH_VARIANTS.filter(
    (v) => v.variant !== hopeless && v.needs.every((f) => gpu.caps.features.includes(f)),
  );
  const flash = offered.map(({ variant: v }) => ({
    name: `flash ${v}`,
    form: 'flash' as const,
    variants: { flash: v, 'flash.dq': v, 'flash.dkv': v },
  }));
  const plain = (form: AttentionForm | null): Way => ({ name: form ?? 'as chosen', form, variants: {} });
  return [plain('composed'), plain('recomputed'), plain(null), ...flash];
}

function build(c: Case, leaf: Leaf, { form }: Way, gradient: boolean): Outputs {
  const { batch, h, w, heads, d, rel } = c;
  const read = c.keys ? others(c, c.keys) : [leafTensor(leaf)];
  const [q, k, v] = read.length > 1 ? read.map((x) => permute(x, [0, 2, 1, 3])) : parts(read[0]);
  const table = (name: string, n: number) => input(name, [2 * n - 1, d]);
  const tables = rel ? [table('h', h), table('w', w)] : [];
  const terms = rel ? decomposedRelPos(q, getRelPos(h, h, tables[0]), getRelPos(w, w, tables[1])) : null;
  const y = reshape(permute(attention(q, k, v, { rel: terms, form: form ?? undefined }), [0, 2, 1, 3]), [
    batch,
    h * w,
    heads * d,
  ]);
  const named = (gs: readonly Tensor[]) => Object.fromEntries(gs.map((g, i) => [`g${i}`, g]));
  return { outputs: { y, ...(gradient ? named(gradAll([y], [...read, ...tables], [y])) : {}) } };
}

/** q, k and v [B, heads, N, d] of a common tensor [B, N, 3, heads, d]. */
function parts(qkv: Tensor): Tensor[] {
  const [batch, n, , heads, d] = qkv.shape;
  const p = permute(qkv, [2, 0, 3, 1, 4]);
  return [0, 1, 2].map((i) => reshape(slice(p, 0, i, 1), [batch, heads, n, d]));
}

/** q, k and v [B, N, heads, d] as inputs of their own. */
function others({ batch, h, w, heads, d }: Case, keys: number): Tensor[] {
  return ['q', 'k', 'v'].map((name) => input(name, [batch, name === 'q' ? h * w : keys, heads, d]));
}

function waves(n: Shape[number], size: number): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => size * Math.sin(i * 1.3));
}
