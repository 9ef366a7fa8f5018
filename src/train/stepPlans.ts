// What a trainer compiles for its steps, as graphs to be planned, without a trainer: for memory, time and tables.
import type { Caps } from '../gpu/device';
import type { Outputs, PlanOptions } from '../plan/plan';
import type { Leaf } from '../tensor/tensor';
import { encoderIsFrozen } from './embeddings';
import { halfOptions } from './lossScaling';
import { gradientGraph, type StepParts, trainingGraph, updateGraph } from './trainGraph';
import { imagesOf, shapeOf } from './trainItem';
import { trainLeaves } from './trainLeaves';

/** The graphs of a step, and how they are planned. */
export interface StepPlans {
  /** One; where a step has several batches, the share of each and the update. */
  readonly graphs: readonly (() => Outputs)[];
  readonly options: PlanOptions;
}

/**
 * The graphs that `makeTrainer` compiles for steps of `config` (`depth` included) with the hooks of all attachments; the
 * embeddings of a frozen encoder stand in a leaf. Throws GpuError 'limit' where the device lacks the precision.
 */
export function stepPlans(
  { sam, config, hooks }: Pick<StepParts, 'sam' | 'config' | 'hooks'>,
  caps: Caps,
  options: PlanOptions = {},
): StepPlans {
  const shape = shapeOf(config, sam.config);
  const kept = config.keepEmbeddings && encoderIsFrozen(sam, shape, config);
  const parts: StepParts = { sam, shape, config, hooks, embedding: kept ? embeddingLeaf(sam, imagesOf(shape)) : null };
  const leaves = trainLeaves(config, sam.params.layout().total, hooks);
  const graphs = config.accumulate > 1 ? [gradientGraph, updateGraph] : [trainingGraph];
  return {
    graphs: graphs.map((graph) => () => graph(parts, leaves)),
    options: halfOptions(options, caps, config),
  };
}

/** Where a step finds the embeddings of a frozen encoder. */
function embeddingLeaf({ config }: StepParts['sam'], images: number): Leaf {
  const { embedDim, imageEmbeddingSize } = config.promptEncoder;
  return { kind: 'state', name: 'embeddings', shape: [images, embedDim, ...imageEmbeddingSize], dtype: 'f32' };
}
