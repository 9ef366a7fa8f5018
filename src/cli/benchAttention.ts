import { gradAll } from '../autograd/grad';
import { deviceName, type Gpu } from '../gpu/device';
import { showBytes } from '../gpu/errors';
import { type AttentionForm, attention, decomposedRelPos, getRelPos } from '../ops/attention';
import { FLASH_VARIANTS } from '../ops/flashKernels';
import { permute, reshape, slice } from '../ops/view';
import { compile } from '../plan/compile';
import { leafBuffer } from '../plan/leaves';
import type { Outputs } from '../plan/plan';
import type { Step } from '../plan/step';
import { numel, type Shape } from '../tensor/shape';
import { input, type Leaf, leafTensor, type Tensor } from '../tensor/tensor';

/** Self-attention of `batch` maps of h × w tokens; with `rel`, SAM's decomposed relative positions. */
interface Case {
  readonly batch: number;
  readonly h: number;
  readonly w: number;
  readonly heads: number;
  readonly d: number;
  readonly rel: boolean;
}

const CASES: readonly Case[] = [
  { batch: 1, h: 8, w: 8, heads: 3, d: 64, rel: false },
  { batch: 1, h: 14, w: 14, heads: 3, d: 64, rel: false },
  { batch: 1, h: 32, w: 32, heads: 3, d: 64, rel: false },
  { batch: 1, h: 16, w: 16, heads: 12, d: 64, rel: true },
  { batch: 4, h: 14, w: 14, heads: 12, d: 64, rel: true },
];

/** What a graphics card is for: one window layer and one global layer of ViT-B at 1024². */
const LARGE: readonly Case[] = [
  { batch: 25, h: 14, w: 14, heads: 12, d: 64, rel: true },
  { batch: 1, h: 64, w: 64, heads: 12, d: 64, rel: true },
];

/** One way to compute it. */
interface Way {
  readonly name: string;
  readonly form: AttentionForm;
  readonly variants: Readonly<Record<string, string>>;
}

interface Made {
  readonly way: Way;
  readonly step: Step;
  readonly compileMs: number;
  ms: number;
}

/**
 * `bench --attention`: all forms and variants of attention that this device offers, forward and forward with gradients, runs
 * interleaved, the best of each; with `large`, at the sizes of SAM ViT-B at 1024², too. `error` is the largest difference from
 * the composed result. Returns the lines it printed.
 */
export async function benchAttention(gpu: Gpu, large: boolean, put: (line: string) => void): Promise<void> {
  put(deviceName(gpu.caps));
  for (const c of large ? [...CASES, ...LARGE] : CASES) {
    for (const gradient of [false, true]) {
      const size = `${c.batch}×${c.heads} heads, ${c.h}×${c.w} tokens, d ${c.d}${c.rel ? ', rel' : ''}`;
      put(`\n${size}, ${gradient ? 'forward + gradients' : 'forward'}`);
      await benchCase(gpu, c, gradient, put);
    }
  }
}

async function benchCase(gpu: Gpu, c: Case, gradient: boolean, put: (line: string) => void): Promise<void> {
  const leaf: Leaf = { kind: 'state', name: 'qkv', shape: [c.batch, c.h * c.w, 3, c.heads, c.d], dtype: 'f32' };
  gpu.device.queue.writeBuffer(leafBuffer(gpu, leaf), 0, waves(numel(leaf.shape), 1));
  const made: Made[] = [];
  for (const way of ways(gpu)) {
    const t = performance.now();
    const step = await compile(gpu, () => build(c, leaf, way, gradient), { variants: way.variants });
    for (const i of step.plan.inputs) step.write(i.leaf!.name, waves(numel(i.shape), 0.1));
    made.push({ way, step, compileMs: performance.now() - t, ms: Number.POSITIVE_INFINITY });
  }
  await runAll(gpu, made);
  const base = await made[0].step.read('y');
  for (const m of made) {
    const y = m === made[0] ? base : await m.step.read('y');
    const error = y.reduce((e, v, i) => Math.max(e, Math.abs(v - base[i])), 0);
    const cells = [
      `${m.ms.toFixed(2)} ms`,
      `${(m.ms / made[0].ms).toFixed(2)}×`,
      `compile ${m.compileMs.toFixed(0)} ms`,
    ];
    const rest = [
      showBytes(m.step.plan.bytes.planned),
      `${m.step.plan.list.length} dispatches`,
      `error ${error.toExponential(1)}`,
    ];
    put(`  ${m.way.name.padEnd(20)} ${cells.map((s) => s.padStart(11)).join('  ')}  ${rest.join('  ')}`);
    m.step.destroy();
  }
}

/** Rounds over all steps until each had five runs, and ten seconds at most. */
async function runAll(gpu: Gpu, made: readonly Made[]): Promise<void> {
  const start = performance.now();
  for (let round = 0; round < 20 && (round < 3 || performance.now() - start < 10_000); round++) {
    for (const m of made) {
      const t = performance.now();
      m.step.run();
      await gpu.device.queue.onSubmittedWorkDone();
      if (round > 0) m.ms = Math.min(m.ms, performance.now() - t);
    }
  }
}

function ways(gpu: Gpu): Way[] {
  const offered = FLASH_VARIANTS.filter((v) => v.needs.every((f) => gpu.caps.features.includes(f)));
  const flash = offered.map(({ variant: v }) => ({
    name: `flash ${v}`,
    form: 'flash' as const,
    variants: { flash: v, 'flash.dq': v, 'flash.dkv': v },
  }));
  const plain = (form: AttentionForm): Way => ({ name: form, form, variants: {} });
  return [plain('composed'), plain('recomputed'), ...flash];
}

function build({ batch, h, w, heads, d, rel }: Case, leaf: Leaf, { form }: Way, gradient: boolean): Outputs {
  const qkv = leafTensor(leaf);
  const p = permute(qkv, [2, 0, 3, 1, 4]);
  const [q, k, v] = [0, 1, 2].map((i) => reshape(slice(p, 0, i, 1), [batch, heads, h * w, d]));
  const table = (name: string, n: number) => input(name, [2 * n - 1, d]);
  const tables = rel ? [table('h', h), table('w', w)] : [];
  const terms = rel ? decomposedRelPos(q, getRelPos(h, h, tables[0]), getRelPos(w, w, tables[1])) : null;
  const y = reshape(permute(attention(q, k, v, { rel: terms, form }), [0, 2, 1, 3]), [batch, h * w, heads * d]);
  const named = (gs: readonly Tensor[]) => Object.fromEntries(gs.map((g, i) => [`g${i}`, g]));
  return { outputs: { y, ...(gradient ? named(gradAll([y], [qkv, ...tables], [y])) : {}) } };
}

function waves(n: Shape[number], size: number): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => size * Math.sin(i * 1.3));
}
