/** What a step is made of, dispatch by dispatch, and how long each takes on this device. */
import type { Gpu } from '../../gpu/device';
import { loadShaders } from '../../gpu/shaders';
import { compile } from '../../plan/compile';
import { explainRows } from '../../plan/explain';
import { planMemory, type StepMemory, showMemory } from '../../plan/memory';
import { type Outputs, planStep } from '../../plan/plan';
import { tunedOf } from '../../plan/tuned';
import { input, trace } from '../../tensor/tensor';
import { trainingSteps } from '../../train/slabSteps';
import { completeRun, type RunConfig } from '../configs';
import type { PlanRow, PlanTable } from '../insideProtocol';
import type { ArgsOf } from '../protocol';
import { type Base, type Built, buildBase } from './base';
import { trainOf } from './estimate';
import { buildRun, freeModel, placeModel } from './model';
import { depthOf } from './runData';

/** The table of a step of `base`, with its adapter where it trains or `which` says so. */
export async function planTable(gpu: Gpu, base: Base, a: ArgsOf<'explain'>): Promise<PlanTable> {
  // Some are fetched when a plan first needs them; planning alone does not wait.
  await loadShaders();
  const config = completeRun(a.config);
  const built = a.plan === 'train' || a.which === 'adapted' ? builtFor(base, config) : buildBase(base);
  const build = graphOf(a.plan, built, config);
  const plan = planStep(trace(build), gpu.caps, { tuned: tunedOf(gpu) });
  const micros = a.time ? await microsOf(gpu, built, build) : null;
  const rows: PlanRow[] = explainRows(plan).map(({ path, op, variant, shape, bytes, flops }, i) => ({
    ...{ path, op, variant, shape, bytes, flops, micros: micros?.[i] ?? null },
  }));
  return { rows, memory: showMemory(planMemory([build], gpu.caps)), timed: micros !== null || !a.time };
}

/** Memory of a training step with `config`; `GpuError` where the device cannot hold it. */
export function stepMemory(gpu: Gpu, base: Base, config: RunConfig): StepMemory {
  return planMemory([graphOf('train', builtFor(base, config), config)], gpu.caps);
}

const builtFor = (base: Base, config: RunConfig): Built => {
  const { sam } = buildRun(base, config);
  return { sam, params: sam.params };
};

function graphOf(plan: ArgsOf<'explain'>['plan'], { sam }: Built, config: RunConfig): () => Outputs {
  const { imgSize, inChans } = sam.config.imageEncoder;
  if (plan === 'encode')
    return () => ({ outputs: { embedding: sam.encode(input('image', [1, inChans, imgSize, imgSize])) } });
  if (plan === 'train') {
    const depth = depthOf(config);
    return trainingSteps(sam, trainOf(config, depth))(depth)[0];
  }
  const { embedDim, imageEmbeddingSize: size } = sam.config.promptEncoder;
  return () => {
    const prompts = {
      points: input('points', [1, 2, 2]),
      labels: input('labels', [1, 2]),
      masks: null,
      padding: false,
    };
    const { masks, iou } = sam.decode(input('embedding', [1, embedDim, ...size]), prompts, 'all');
    return { outputs: { iou, logits: sam.postprocess(masks, [imgSize, imgSize], [imgSize, imgSize]) } };
  };
}

/** Microseconds of each dispatch in one run on a copy of the model; null where the device has no timestamps. */
async function microsOf(gpu: Gpu, built: Built, build: () => Outputs): Promise<number[] | null> {
  if (!gpu.caps.features.includes('timestamp-query')) return null;
  const model = await placeModel(gpu, 'base', built);
  const step = await compile(gpu, build);
  try {
    step.run();
    return await step.profile();
  } finally {
    step.destroy();
    freeModel(gpu, model);
  }
}
