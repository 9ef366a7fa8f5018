import type { TrainingHooks } from '../adapters/adapter';
import type { Gpu } from '../gpu/device';
import type { Segmenter } from '../models/segmenter';
import type { Outputs, PlanOptions } from '../plan/plan';
import { withLevers } from './memoryLevers';
import { type SlabQuestion, withFittingDepth } from './slab';
import type { TrainConfig } from './trainConfig';
import { evaluationGraph, gradientGraph, type StepParts, trainingGraph, updateGraph } from './trainGraph';
import { shapeOf } from './trainItem';
import { type TrainLeaves, trainLeaves } from './trainLeaves';

/** Steps by slab depth, as `largestSlab` asks for them. */
export type SlabSteps = SlabQuestion['steps'];

/**
 * What a trainer of `sam` compiles: its step (of several batches: one for the shares, one for the update) and the evaluation.
 * `config.depth` is overruled by the depth tried; `hooks` are those of the attachments.
 */
export function trainingSteps(sam: Segmenter, config: TrainConfig, hooks: readonly TrainingHooks[] = []): SlabSteps {
  const leaves = trainLeaves(config, sam.params.layout().total, hooks);
  return (depth) => {
    const shape = shapeOf({ ...config, depth }, sam.config);
    const parts = { sam, shape, config: { ...config, depth }, hooks };
    const train: readonly (() => Outputs)[] =
      config.accumulate > 1
        ? [() => gradientGraph(parts, leaves), () => updateGraph(parts, leaves)]
        : [() => trainingGraph(parts, leaves)];
    return [...train, ...inferenceSteps(sam, config)(depth)];
  };
}

/** One of the graphs of a step. */
export type StepGraph = (parts: StepParts, leaves: TrainLeaves) => Outputs;

/**
 * Throws what compiling a step of `parts` threw; where it is too large, with the settings that would save memory, and for
 * slabs with the depth that fits.
 */
export function tellDepth({ caps }: Gpu, { sam, config, hooks }: StepParts, plan: PlanOptions): (e: unknown) => never {
  return (e) => {
    const told = withFittingDepth(e, { steps: trainingSteps(sam, config, hooks), caps, plan }, config.depth);
    throw withLevers(told, { sam, config, hooks }, caps, plan);
  };
}

/** What prediction compiles: one forward pass with the given prompt. */
export function inferenceSteps(
  sam: Segmenter,
  config: Pick<TrainConfig, 'batch' | 'points' | 'maskPrompts' | 'multimask'>,
): SlabSteps {
  const round = { rounds: 0, click: 'center', refine: true, multimask: config.multimask } as const;
  return (depth) => [() => evaluationGraph(sam, shapeOf({ ...config, depth }, sam.config), round)];
}
