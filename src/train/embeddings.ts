import type { Gpu } from '../gpu/device';
import type { Segmenter } from '../models/segmenter';
import { assign } from '../ops/plumbing';
import { compile } from '../plan/compile';
import { topological } from '../plan/graph';
import { copyLeafParts, freeLeaf } from '../plan/leaves';
import type { PlanOptions } from '../plan/plan';
import { numel } from '../tensor/shape';
import { input, type Leaf, leafTensor, type Tensor, trace } from '../tensor/tensor';
import { augmentOff } from './augmentConfig';
import { feed } from './feed';
import type { TrainConfig } from './trainConfig';
import { type BatchArrays, type BatchShape, imagesOf, type TrainItem } from './trainItem';

/**
 * The frozen prefix: where nothing in the image encoder trains and images stay as they are, each is encoded once and its
 * embedding kept on the GPU. Rows read their embeddings from one leaf.
 */
export interface Embeddings {
  /** [I, C, h, w]: what the step reads. */
  readonly leaf: Leaf;
  /** Images kept. */
  readonly kept: number;
  /** Before a step: puts the embeddings of `items` into the leaf; `arrays` hold their images already. */
  fill(items: readonly TrainItem[], arrays: Pick<BatchArrays, 'image'>): void;
  destroy(): void;
}

/** Bytes of embeddings that are kept. The first images stay: those that come in turn would push each other out. */
const BUDGET = 2 ** 29;

function encoded(sam: Segmenter, shape: BatchShape): Tensor {
  return sam.encode(input('image', [imagesOf(shape), 3, shape.side, shape.side]));
}

/** True when embeddings do not change from step to step and belong to one image each. */
export function encoderIsFrozen(sam: Segmenter, shape: BatchShape, config: Pick<TrainConfig, 'augment'>): boolean {
  const { flat } = sam.params.layout();
  if (shape.depth > 1 || !augmentOff(config.augment)) return false;
  return trace(() => !topological([encoded(sam, shape)]).some((t) => t.leaf === flat));
}

/** An empty store for batches of `shape`; compiles the encoder. */
export async function makeEmbeddings(
  gpu: Gpu,
  sam: Segmenter,
  shape: BatchShape,
  plan: PlanOptions = {},
  budget = BUDGET,
): Promise<Embeddings> {
  let leaf: Leaf | null = null;
  const step = await compile(
    gpu,
    () => {
      const embedding = encoded(sam, shape);
      leaf = { kind: 'state', name: 'embeddings', shape: embedding.shape, dtype: 'f32' };
      return { outputs: {}, effects: [assign(leafTensor(leaf), embedding)] };
    },
    plan,
  );
  return storeOf(gpu, leaf!, budget, shape.prompts ?? 1, {
    encode: (image) => feed(step, { image }),
    destroy: () => step.destroy(),
  });
}

interface Encoder {
  readonly encode: (image: Float32Array<ArrayBuffer>) => unknown;
  readonly destroy: () => void;
}

function storeOf(gpu: Gpu, leaf: Leaf, budget: number, prompts: number, encoder: Encoder): Embeddings {
  const count = leaf.shape[0];
  const length = numel(leaf.shape) / count;
  const most = Math.floor(budget / (4 * length));
  const known = new Map<Uint8Array, Leaf>();
  return {
    leaf,
    get kept() {
      return known.size;
    },
    fill(items, { image }) {
      const images = Array.from({ length: count }, (_, i) => items[(i * prompts) % items.length].image);
      const row = (b: number) => ({ leaf, offset: b * length });
      if (images.every((i) => known.has(i))) {
        const parts = images.map((i, b) => ({ from: { leaf: known.get(i)!, offset: 0 }, to: row(b), length }));
        copyLeafParts(gpu, parts);
        return;
      }
      encoder.encode(image);
      const parts = images.flatMap((i, b) => {
        if (known.has(i) || known.size >= most) return [];
        const own: Leaf = { kind: 'state', name: `embedding ${known.size}`, shape: [length], dtype: 'f32' };
        known.set(i, own);
        return [{ from: row(b), to: { leaf: own, offset: 0 }, length }];
      });
      copyLeafParts(gpu, parts);
    },
    destroy() {
      encoder.destroy();
      for (const l of [leaf, ...known.values()]) freeLeaf(gpu, l);
      known.clear();
    },
  };
}
