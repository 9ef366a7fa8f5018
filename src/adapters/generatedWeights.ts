import type { Gpu } from '../gpu/device';
import type { PromptArrays } from '../models/sam/prompt';
import type { Sam } from '../models/sam/sam';
import { capturing } from '../nn/capture';
import { readAll } from '../plan/read';
import type { Shape } from '../tensor/shape';
import { constant, type Tensor } from '../tensor/tensor';

/**
 * Looking inside hyper-prompting: the weights that prompts generate. They are computed by the graph of a prediction,
 * pruned to them.
 */

/** W_n of one two-way block for a batch of prompts. */
export interface GeneratedWeights {
  /** Path of the block: `mask_decoder.transformer.layers.0`. */
  readonly block: string;
  /** 1 … K. */
  readonly n: number;
  /** [prompts, r, r], applied from the right to rows; [prompts, tokens, r, r] with the arm `hyper-token`. */
  readonly shape: Shape;
  readonly data: Float32Array;
}

/**
 * The weights that `sam`, whose parameters are on `gpu`, generates from `prompts` (see `packPrompts`): by block, then by
 * n; empty when no adapter generates any. `embedding` [C, h, w] is the image's: only weights per token depend on it, and
 * without it they throw.
 */
export async function generatedWeights(
  gpu: Gpu,
  sam: Sam,
  prompts: PromptArrays,
  embedding: Float32Array | null = null,
): Promise<GeneratedWeights[]> {
  const found = weightsIn(tracedActs(sam, prompts, embedding));
  if (!found.length) return [];
  if (!embedding && found.some((f) => f.tensor.shape.length === 4))
    throw new Error('generatedWeights: weights per token depend on the image; give its embedding as well');
  const values = await readAll(
    gpu,
    found.map((f) => f.tensor),
  );
  return found.map(({ block, n, tensor }, i) => ({ block, n, shape: tensor.shape, data: values[i] }));
}

function tracedActs(sam: Sam, p: PromptArrays, embedding: Float32Array | null): ReadonlyMap<string, Tensor> {
  const { embedDim, imageEmbeddingSize } = sam.config.promptEncoder;
  const [h, w] = imageEmbeddingSize;
  const image = constant(embedding ?? new Float32Array(embedDim * h * w), [1, embedDim, h, w], 'image embedding');
  const prompts = {
    points: p.tokens ? constant(p.points, [p.batch, p.tokens, 2], 'points') : null,
    labels: p.tokens ? constant(p.labels, [p.batch, p.tokens], 'labels') : null,
    masks: p.masks ? constant(p.masks, [p.batch, 1, 4 * h, 4 * w], 'masks') : null,
    padding: false,
  };
  return capturing(() => sam.decode(image, prompts, 'all')).acts;
}

/** The generated weights among captured activations, as `PromptedBottleneck` leaves them. */
export function weightsIn(acts: ReadonlyMap<string, Tensor>): { block: string; n: number; tensor: Tensor }[] {
  return [...acts].flatMap(([path, tensor]) => {
    const [, block, n] = /^(.*)\.HyP_Adapter\.W(\d+)$/.exec(path) ?? [];
    return block === undefined ? [] : [{ block, n: Number(n), tensor }];
  });
}
