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

/** What one prompt made of W_n of one block, in numbers that a table shows. */
export interface WeightsRow {
  readonly block: string;
  readonly n: number;
  /** Index of the prompt in its batch. */
  readonly prompt: number;
  /** ‖W‖, Frobenius; per token its root mean square. */
  readonly norm: number;
  /** ‖W − 1‖ / ‖1‖: 0 is what a generator starts near. */
  readonly fromIdentity: number;
  /** ‖W − W′‖ / ‖W′‖ with W′ the first prompt's: how much another prompt changes the adapter. */
  readonly fromFirst: number;
}

/** A row for every block, n and prompt, in this order. */
export function weightRows(weights: readonly GeneratedWeights[]): WeightsRow[] {
  return weights.flatMap(({ block, n, shape, data }) => {
    const [prompts, r] = [shape[0], shape[shape.length - 1]];
    const size = data.length / prompts;
    const matrices = size / (r * r);
    const first = data.subarray(0, size);
    return Array.from({ length: prompts }, (_, prompt) => {
      const w = data.subarray(prompt * size, (prompt + 1) * size);
      const distance = (other: (i: number) => number) => Math.sqrt(w.reduce((s, v, i) => s + (v - other(i)) ** 2, 0));
      const one = (i: number) => ((i % (r * r)) % (r + 1) === 0 ? 1 : 0);
      return {
        ...{ block, n, prompt, norm: distance(() => 0) / Math.sqrt(matrices) },
        fromIdentity: distance(one) / Math.sqrt(matrices * r),
        fromFirst: distance((i) => first[i]) / Math.sqrt(first.reduce((s, v) => s + v * v, 0)),
      };
    });
  });
}
