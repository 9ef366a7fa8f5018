import type { Sam } from '../models/sam/sam';
import { drawScenes, SCENE, scenePrompts, sceneTarget, sceneTokens } from '../ops/scenes';
import { input, type Tensor } from '../tensor/tensor';

/** What a pretraining step is compiled for. */
export interface PretrainShape {
  readonly batch: number;
  /** Prompts per image. */
  readonly objects: number;
  /** Prompt tokens per row, SAM's padding point included. */
  readonly tokens: number;
  /** With the auxiliary loss on the encoder. */
  readonly auxiliary: boolean;
  /** With a mask prompt per row: one more input, `mask` [R, 16hw], logits of an earlier answer. */
  readonly mask?: boolean;
  /** The scenes are drawn within the step; an instance must show `least` pixels. */
  readonly drawn?: { readonly least: number };
}

/** What the model is shown and what is asked of it. */
export interface PretrainInputs {
  /** [B, 3, S, S] in 0..255. */
  readonly image: Tensor;
  /** [R, T, 2] in pixels. */
  readonly points: Tensor;
  /** [R, T]. */
  readonly labels: Tensor;
  /** [R, 1, 16hw]: coverage of each low-resolution cell. */
  readonly target: Tensor;
  /** [B, hw]: instance that covers most of each token; how much that counts. For the auxiliary loss. */
  readonly token: () => { readonly ids: Tensor; readonly pure: Tensor };
}

/**
 * Inputs named as in `SceneBatch`, or drawn from two others: `words` and `ask` of a `SceneOrder`. In later rounds (with a mask prompt) the
 * same scenes are drawn again, and the prompts are inputs in any case.
 */
export function pretrainInputs(sam: Sam, s: PretrainShape): PretrainInputs {
  const side = sam.config.imageEncoder.imgSize;
  const [h, w] = sam.config.promptEncoder.imageEmbeddingSize;
  const rows = s.batch * s.objects;
  const points = () => input('points', [rows, s.tokens, 2]);
  const labels = () => input('labels', [rows, s.tokens]);
  if (s.drawn) {
    const words = input('words', [s.batch, SCENE.words], 'u32');
    const ask = input('ask', [rows, 4], 'u32');
    const { image, ids } = drawScenes(words, side, s.drawn.least);
    const prompts = s.mask ? { points: points(), labels: labels() } : scenePrompts(ask, ids, s.objects, s.tokens);
    return {
      image,
      ...prompts,
      target: sceneTarget(ask, ids, s.objects, side / (4 * w)),
      token: () => sceneTokens(ids, side / w),
    };
  }
  return {
    image: input('image', [s.batch, 3, side, side]),
    points: points(),
    labels: labels(),
    target: input('target', [rows, 1, 16 * h * w]),
    token: () => ({ ids: input('ids', [s.batch, h * w]), pure: input('pure', [s.batch, h * w]) }),
  };
}
