/** What a step is made of, dispatch by dispatch, and how long each takes on this device. */
import type { ExperimentModel } from '../../data/experiment/experimentModel';
import { promptPlan } from '../../data/experiment/promptPlan';
import { trainConfigOf } from '../../data/experiment/setup';
import type { Gpu } from '../../gpu/device';
import { compile } from '../../plan/compile';
import { explainRows } from '../../plan/explain';
import { planMemory, type StepMemory, showMemory } from '../../plan/memory';
import { planStep } from '../../plan/plan';
import { tunedOf } from '../../plan/tuned';
import { withShaders } from '../../plan/withShaders';
import { input, trace } from '../../tensor/tensor';
import { type StepPlans, stepPlans } from '../../train/stepPlans';
import { completeRun, type RunConfig } from '../configs';
import type { PlanRow, PlanTable } from '../insideProtocol';
import type { ArgsOf } from '../protocol';
import { type Base, type Built, buildBase } from './base';
import { buildRun, freeModel, placeModel } from './model';
import { depthOf } from './runData';

/** The table of a step of `base`, with its adapter where it trains or `which` says so: what really runs, hooks of adapters included. */
export async function planTable(gpu: Gpu, base: Base, a: ArgsOf<'explain'>): Promise<PlanTable> {
  const config = completeRun(a.config);
  const built =
    a.plan === 'train' || a.which === 'adapted' ? buildRun(base, config) : { ...buildBase(base), attachments: [] };
  const { graphs, options } = graphsOf(gpu, a.plan, built, config, a.volumes);
  const how = { ...options, tuned: tunedOf(gpu) };
  const plans = await withShaders(() => graphs.map((graph) => planStep(trace(graph), gpu.caps, how)));
  const micros = a.time ? await microsOf(gpu, { sam: built.sam, params: built.sam.params }, { graphs, options }) : null;
  const rows: PlanRow[] = plans
    .flatMap((plan) => explainRows(plan))
    .map(({ path, op, variant, shape, bytes, flops }, i) => ({
      ...{ path, op, variant, shape, bytes, flops, micros: micros?.[i] ?? null },
    }));
  const memory = await withShaders(() => planMemory(graphs, gpu.caps, options));
  return { rows, memory: showMemory(memory), timed: micros !== null || !a.time };
}

/** Memory of a training step with `config`, on slabs with `volumes`; `GpuError` where the device cannot hold it. */
export function stepMemory(gpu: Gpu, base: Base, config: RunConfig, volumes: boolean): Promise<StepMemory> {
  const { graphs, options } = graphsOf(gpu, 'train', buildRun(base, config), config, volumes);
  return withShaders(() => planMemory(graphs, gpu.caps, options));
}

function graphsOf(
  gpu: Gpu,
  plan: ArgsOf<'explain'>['plan'],
  { sam, attachments }: Pick<ExperimentModel, 'sam' | 'attachments'>,
  config: RunConfig,
  volumes: boolean,
): StepPlans {
  const { imgSize, inChans } = sam.config.imageEncoder;
  if (plan === 'train') {
    const { experiment } = config;
    const train = trainConfigOf(experiment, promptPlan(experiment), depthOf(config, volumes));
    return stepPlans({ sam, config: train, hooks: attachments.map((a) => a.hooks) }, gpu.caps);
  }
  if (plan === 'encode') {
    const encode = () => ({ outputs: { embedding: sam.encode(input('image', [1, inChans, imgSize, imgSize])) } });
    return { graphs: [encode], options: {} };
  }
  const { embedDim, imageEmbeddingSize: size } = sam.config.promptEncoder;
  const predict = () => {
    const prompts = {
      points: input('points', [1, 2, 2]),
      labels: input('labels', [1, 2]),
      masks: null,
      padding: false,
    };
    const { masks, iou } = sam.decode(input('embedding', [1, embedDim, ...size]), prompts, 'all');
    return { outputs: { iou, logits: sam.postprocess(masks, [imgSize, imgSize], [imgSize, imgSize]) } };
  };
  return { graphs: [predict], options: {} };
}

/** Microseconds of each dispatch in one run on a copy of the model; null where the device has no timestamps. */
async function microsOf(gpu: Gpu, built: Built, { graphs, options }: StepPlans): Promise<number[] | null> {
  if (!gpu.caps.features.includes('timestamp-query')) return null;
  const model = await placeModel(gpu, 'base', built);
  const all: number[] = [];
  try {
    for (const graph of graphs) {
      const step = await compile(gpu, graph, options);
      try {
        step.run();
        all.push(...((await step.profile()) ?? []));
      } finally {
        step.destroy();
      }
    }
    return all;
  } finally {
    freeModel(gpu, model);
  }
}
