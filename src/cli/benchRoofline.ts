import { attach } from '../adapters/adapter';
import { medsa } from '../adapters/medsa';
import { deviceName, type Gpu } from '../gpu/device';
import { showBytes } from '../gpu/errors';
import { type SamName, samConfig } from '../models/sam/config';
import { buildSam, type Sam } from '../models/sam/sam';
import { makeParams } from '../nn/params';
import { uploadParams } from '../nn/paramsIo';
import { adamHyper } from '../ops/optim';
import { compile } from '../plan/compile';
import type { Outputs, PlanOptions } from '../plan/plan';
import type { Step } from '../plan/step';
import { targetOf } from '../plan/target';
import { tune } from '../plan/tune';
import { numel } from '../tensor/shape';
import { input } from '../tensor/tensor';
import { trainingSteps } from '../train/slabSteps';
import { TRAIN_DEFAULTS, type TrainConfig } from '../train/trainConfig';
import { demandReal } from './benchReal';
import { LEARNING_RATE, values } from './benchWorkloads';
import { costsBy, type KernelCost, type KindCost, kernelCosts, kindText } from './kernelCosts';
import { measurePeaks, type Peaks } from './rooflinePeaks';
import { openTuned } from './tunedHost';

/** A step beside the sum of its kernels' rooflines. */
export interface Roofline {
  readonly name: string;
  readonly dispatches: number;
  readonly flops: number;
  readonly bytes: number;
  readonly planned: number;
  /** A whole run by the clock, the best of several. */
  readonly ms: number;
  /** All dispatches, each in a pass of its own between timestamps. */
  readonly kernelMs: number;
  readonly roofMs: number;
  /** ms over roofMs. */
  readonly ratio: number;
  readonly kinds: readonly KindCost[];
  /** The same by kind and shape. */
  readonly shapes: readonly KindCost[];
}

/** What may take at most this many times the sum of its rooflines. */
export const ROOFLINE_BAR = 1.5;
/** Rows of the table by shape. */
const SHAPES = 16;

/** How the models are planned. */
export interface RooflineOptions extends Pick<TrainConfig, 'remat' | 'precision'> {
  readonly plan: PlanOptions;
  readonly tune: boolean;
  /** Called with each finished row: a killed run has said what it knew. */
  readonly found: (r: Roofline) => void;
}

/** Encoder pass and Med-SA step of each model (random weights, batch 1, its own image size) on this device. */
export async function rooflines(gpu: Gpu, peaks: Peaks, names: readonly SamName[], options: RooflineOptions) {
  const rows: Roofline[] = [];
  for (const name of names) {
    for (const step of ['encoder', 'Med-SA step'] as const) {
      const sam = buildSam({ params: makeParams(1) }, samConfig(name));
      if (step !== 'encoder') attach(sam, medsa());
      await uploadParams(sam.params, gpu);
      const size = sam.config.imageEncoder.imgSize;
      const build = step === 'encoder' ? encoderOf(sam) : stepOf(sam, options);
      const plan = options.tune ? { ...options.plan, tuned: await tune(gpu, [build], {}) } : options.plan;
      const compiled = await compile(gpu, build, plan);
      fill(compiled);
      const row = await rooflineOf(gpu, peaks, `${name}, ${size}², ${step}`, compiled);
      compiled.destroy();
      options.found(row);
      rows.push(row);
    }
  }
  return rows;
}

function encoderOf(sam: Sam): () => Outputs {
  const size = sam.config.imageEncoder.imgSize;
  return () => ({ outputs: { embedding: sam.encode(input('image', [1, 3, size, size])) } });
}

function stepOf(sam: Sam, { remat, precision }: Pick<TrainConfig, 'remat' | 'precision'>): () => Outputs {
  return trainingSteps(sam, { ...TRAIN_DEFAULTS, batch: 1, remat, precision })(1)[0];
}

/** Runs and profiles a compiled step with the inputs it has. */
export async function rooflineOf(gpu: Gpu, peaks: Peaks, name: string, step: Step): Promise<Roofline> {
  const ms = await bestRun(gpu, step);
  const costs = await kernelCosts(step, peaks);
  const sum = (of: (c: KernelCost) => number) => costs.reduce((n, c) => n + of(c), 0);
  const roofMs = sum((c) => c.roofUs) / 1000;
  return {
    name,
    dispatches: costs.length,
    flops: step.plan.flops,
    bytes: sum((c) => c.bytes),
    planned: step.plan.bytes.planned,
    ms,
    kernelMs: sum((c) => c.us) / 1000,
    roofMs,
    ratio: ms / roofMs,
    kinds: costsBy(costs, (c) => c.kind),
    shapes: costsBy(costs, (c) => `${c.kind} ${c.shape} ${(c.flops / 1e6).toFixed(1)} MFLOP, ${c.bound}`).slice(
      0,
      SHAPES,
    ),
  };
}

/** Inputs that an image and an optimiser could give; the rest stays zero. */
function fill(step: Step): void {
  for (const { leaf } of step.plan.inputs) {
    const { name, shape, dtype } = leaf!;
    if (dtype !== 'f32') continue;
    if (name === 'hyper') step.write(name, adamHyper(LEARNING_RATE, 1));
    else if (name === 'image' || name === 'x') step.write(name, values(name, numel(shape)));
  }
}

/** Best of at least three runs after the first, for a second. */
async function bestRun(gpu: Gpu, step: Step): Promise<number> {
  step.run();
  await gpu.device.queue.onSubmittedWorkDone();
  let ms = Number.POSITIVE_INFINITY;
  const start = performance.now();
  for (let i = 0; i < 3 || performance.now() - start < 1000; i++) {
    const t = performance.now();
    step.run();
    await gpu.device.queue.onSubmittedWorkDone();
    ms = Math.min(ms, performance.now() - t);
  }
  gpu.check();
  return ms;
}

/** The device's peaks in a line. */
export function peaksText(gpu: Gpu, peaks: Peaks): string {
  const scaled = (v: number) => (v >= 1e12 ? `${(v / 1e12).toPrecision(3)} T` : `${(v / 1e9).toPrecision(3)} G`);
  return `${deviceName(gpu.caps)}\nmeasured here: ${scaled(peaks.flops)}FLOP/s of f32 multiply-add, ${scaled(peaks.bytes)}B/s of a copy, ${peaks.dispatchUs.toFixed(1)} µs the shortest dispatch`;
}

/** One step: the ratio, then where the time goes. */
export function rooflineText(r: Roofline, peaks: Peaks): string {
  const least = (r.dispatches * peaks.dispatchUs) / 1000;
  const met = r.ratio <= ROOFLINE_BAR ? 'met' : 'missed';
  return [
    `${r.name}: ${r.dispatches} dispatches, ${(r.flops / 1e9).toFixed(1)} GFLOP, ${showBytes(r.bytes)} moved, ${showBytes(r.planned)} planned`,
    `a run ${r.ms.toFixed(2)} ms · its kernels one by one ${r.kernelMs.toFixed(2)} ms · sum of their rooflines ${r.roofMs.toFixed(2)} ms · ratio ${r.ratio.toFixed(2)}× (bar ≤ ${ROOFLINE_BAR}×: ${met}); ${least.toFixed(2)} ms are the least for so many dispatches`,
    '',
    kindText(r.kinds),
    '',
    kindText(r.shapes, `kernel, result, work of one and bound of the ${r.shapes.length} that lose most`),
  ].join('\n');
}

/** What `bench --roofline` was asked. */
export interface RooflineFlags extends Pick<TrainConfig, 'remat' | 'precision'> {
  /** By default SAM ViT-B, on a software adapter sam-nano. */
  readonly sam?: SamName;
  /** Every choice of a kernel in the steps is measured first. */
  readonly tune: boolean;
  readonly json: boolean;
  /** Nothing but a real GPU will do. */
  readonly real: boolean;
}

/** `bench --roofline`: prints a block per step as soon as it is measured; JSON at the end instead. */
export async function benchRoofline({ sam, tune, json, real, ...how }: RooflineFlags): Promise<void> {
  const { gpu, plan } = await openTuned(process.stderr);
  demandReal(gpu.caps, real);
  const peaks = await measurePeaks(gpu);
  if (!json) console.log(`${peaksText(gpu, peaks)}\n`);
  const found = (r: Roofline) => json || console.log(`${rooflineText(r, peaks)}\n`);
  const name = sam ?? (targetOf(gpu.caps).software ? 'sam-nano' : 'vit_b');
  const rows = await rooflines(gpu, peaks, [name], { ...how, plan, tune, found });
  if (json) console.log(JSON.stringify({ device: deviceName(gpu.caps), peaks, rows }, null, 1));
  gpu.destroy();
}
