import { join } from 'node:path';
import { generatedWeights, weightRows } from '../adapters/generatedWeights';
import { buildModel } from '../data/experiment/experimentModel';
import { promptPlan } from '../data/experiment/promptPlan';
import { trainConfigOf } from '../data/experiment/setup';
import type { Gpu } from '../gpu/device';
import { type Prompt, packPrompts } from '../models/sam/prompt';
import type { Params } from '../nn/params';
import { uploadParams } from '../nn/paramsIo';
import { compile } from '../plan/compile';
import { type ExplainRow, explainRows, explainText } from '../plan/explain';
import { planMemory, showMemory } from '../plan/memory';
import { type PlanData, planStep } from '../plan/plan';
import { tunedOf } from '../plan/tuned';
import { trace } from '../tensor/tensor';
import type { ExperimentConfig } from '../train/experiment/config';
import { leversText, memoryLevers } from '../train/memoryLevers';
import { inferenceSteps } from '../train/slabSteps';
import { type StepPlans, stepPlans } from '../train/stepPlans';
import { openBase } from './baseFile';
import { countsText } from './beforeAfter';
import { command } from './command';
import { EXPERIMENT_FLAGS, EXPERIMENT_HELP, experimentOf } from './experimentFlags';
import { writeWhole } from './files';
import { type Flag, UsageError } from './flags';
import { depthOf } from './loadData';
import { openTrained } from './trainedModel';
import { openRecalled } from './tunedHost';
import { matrixPng, weightsText } from './weightsView';

const FLAGS = {
  ...EXPERIMENT_FLAGS,
  depth: { kind: 'whole', min: 1, max: 256 },
  eval: { kind: 'switch' },
  time: { kind: 'switch' },
  top: { kind: 'whole', min: 1, max: 100_000 },
  weights: { kind: 'text' },
  point: { kind: 'list' },
} as const satisfies Record<string, Flag>;

const HELP = `explain: what a training step is made of, before anything runs

  npm run explain -- [flags]

${EXPERIMENT_HELP}
  --depth N         slices of a slab, 1: images (by default what the data are)
  --eval            the prediction instead of the training step
  --time            runs the step once on this device: microseconds of every dispatch, and their share
  --top N           only the N dispatches that move most bytes (with --time: that take longest)
  --weights PATH    instead: what HyP-Adpt generates from prompts; PATH is a run or an adapter (--out DIR: PNGs of W)
  --point X,Y       with --weights: a click in pixels of the model's input, any number of times (two by default)
  --json            everything as JSON on stdout
  --help            this text

A row per dispatch: path of the module, op, variant of its kernel, shape, bytes it touches, FLOPs; then parameters and their
share, planned bytes by kind and the largest objects. Exit codes: 0 done, 1 failed, 2 wrong command line.`;

/** `npm run explain -- [flags]`: see HELP. */
export const run = command(
  'explain',
  HELP,
  FLAGS,
  async ({ weights, point, depth, eval: predict, time, top, json, ...flags }) => {
    if (weights !== undefined)
      return explainWeights(weights, point ?? [], flags.base, flags.out ?? null, json ?? false);
    const config = await experimentOf(flags);
    const gpu = await openRecalled(process.stderr);
    try {
      const slices = depth ?? (await depthOf(config.data));
      const { steps, params, ...plan } = await explained(config, slices, predict ?? false, gpu);
      const micros = time ? await microsOf(gpu, steps, params) : null;
      const order = [...plan.rows.keys()];
      if (top) order.sort((a, b) => (micros ? micros[b] - micros[a] : plan.rows[b].bytes - plan.rows[a].bytes));
      const shown = order.slice(0, top ?? order.length);
      const rows = shown.map((i) => (micros ? { ...plan.rows[i], micros: micros[i] } : plan.rows[i]));
      if (json) console.log(JSON.stringify({ ...plan, rows }));
      else {
        const all = micros?.reduce((a, b) => a + b, 0);
        const table = explainText(rows, micros && shown.map((i) => micros[i]), all);
        const sum = all === undefined ? [] : [`${(all / 1000).toFixed(2)} ms in all dispatches of one run`];
        console.log([table, '', ...sum, plan.text].join('\n'));
      }
      return 0;
    } finally {
      gpu.destroy();
    }
  },
);

/** Microseconds of every dispatch of one run on inputs of zeros. Throws where the device cannot tell. */
async function microsOf(gpu: Gpu, { graphs, options }: StepPlans, params: Params): Promise<number[]> {
  await uploadParams(params, gpu);
  const all: number[] = [];
  for (const graph of graphs) {
    const step = await compile(gpu, graph, options);
    try {
      step.run();
      const micros = await step.profile();
      if (!micros) throw new Error('explain: --time needs timestamp queries, which this device does not have');
      all.push(...micros);
    } finally {
      step.destroy();
    }
  }
  return all;
}

/** The step of an experiment as rows, with its parameters and memory. */
async function explained(config: ExperimentConfig, depth: number, predict: boolean, gpu: Gpu) {
  const { sam, attachments } = buildModel(config, await openBase(config.base));
  const train = trainConfigOf(config, promptPlan(config), depth);
  const parameters = sam.params.counts();
  const parts = { sam, config: train, hooks: attachments.map((a) => a.hooks) };
  const trains = !predict && parameters.trained > 0;
  const steps: StepPlans = trains
    ? stepPlans(parts, gpu.caps)
    : { graphs: inferenceSteps(sam, train)(depth), options: {} };
  const plans = steps.graphs.map((g) => planStep(trace(g), gpu.caps, { ...steps.options, tuned: tunedOf(gpu) }));
  const rows: ExplainRow[] = plans.flatMap((p) => explainRows(p));
  const memory = planMemory(steps.graphs, gpu.caps, steps.options);
  const largest = memory.largest.map((o) => `  ${(o.bytes / 2 ** 20).toFixed(2).padStart(9)} MiB  ${o.label}`);
  const sum = (of: (p: PlanData) => number) => plans.reduce((n, p) => n + of(p), 0);
  // The first of two is that of each batch.
  const flops = sum((p) => p.flops * (p === plans[0] && plans.length > 1 ? train.accumulate : 1));
  const bytes = {
    ...{ planned: sum((p) => p.bytes.planned), inputs: sum((p) => p.bytes.inputs), state: memory.state },
    peakLive: Math.max(...plans.map((p) => p.bytes.peakLive)),
  };
  const text = [
    `${rows.length} dispatches, ${(flops / 1e9).toFixed(3)} GFLOP a step`,
    countsText(parameters),
    `planned memory: ${showMemory(memory)}; at most ${(bytes.peakLive / 2 ** 20).toFixed(1)} MiB of activations live at once`,
    'largest objects:',
    ...largest,
    ...(trains ? [leversText(memoryLevers(parts, gpu.caps))] : []),
  ].join('\n');
  return { steps, params: sam.params, parameters, dispatches: rows.length, flops, bytes, memory, rows, text };
}

/** Prints what prompts make of the generated weights; with `out` a PNG of each matrix. */
async function explainWeights(
  path: string,
  points: readonly string[],
  base: string | undefined,
  out: string | null,
  json: boolean,
): Promise<number> {
  const { sam } = await openTrained({ base, adapter: path });
  const side = sam.config.imageEncoder.imgSize;
  const prompts = points.length
    ? points.map((p) => clickOf(p))
    : [clickAt(side / 4, side / 4), clickAt(side / 2, side / 2)];
  const [h, w] = sam.config.promptEncoder.imageEmbeddingSize;
  const packed = packPrompts(prompts, [side, side], [side, side], [4 * h, 4 * w]);
  const gpu = await openRecalled(process.stderr);
  try {
    await uploadParams(sam.params, gpu);
    const found = await generatedWeights(gpu, sam, packed, new Float32Array(sam.config.promptEncoder.embedDim * h * w));
    if (!found.length)
      throw new Error(`${path}: no adapter in it generates weights (hypAdpt with hyper or hyper-token)`);
    const rows = weightRows(found);
    console.log(json ? JSON.stringify({ prompts, rows }) : weightsText(rows, prompts));
    if (out)
      for (const weights of found) for (const [name, png] of matrixPng(weights)) await writeWhole(join(out, name), png);
    return 0;
  } finally {
    gpu.destroy();
  }
}

const clickAt = (x: number, y: number): Prompt => ({ points: [[x, y]], labels: [1] });

function clickOf(text: string): Prompt {
  const [x, y, ...more] = text.split(',').map(Number);
  if (!Number.isFinite(x) || !Number.isFinite(y) || more.length) throw new UsageError(`--point ${text}: expected X,Y`);
  return clickAt(x, y);
}
