import { Embedding } from '../../nn/embedding';
import { at, type Build, Module } from '../../nn/module';
import { add, addScalar, div, equalScalar, mul } from '../../ops/pointwise';
import { reshape } from '../../ops/view';
import { constant, type Tensor } from '../../tensor/tensor';
import { PositionEmbeddingRandom } from '../sam/positionEmbeddingRandom';
import { promptSummary, realTokens } from '../sam/promptSummary';
import type { EfficientSamConfig } from './config';

/** Tokens `sparse` [B, P, C] of one query per row, and the mean `summary` [B, C] of those that are no padding. */
export interface EfficientPrompt {
  readonly sparse: Tensor;
  readonly summary: Tensor;
  readonly [key: string]: Tensor;
}

/**
 * EfficientSAM's prompt encoder: points [B, P, 2] in pixels of the encoder's image and labels [B, P] (1 object, 0
 * background, 2 and 3 corners of a box, −1 invalid). Unlike SAM's, an invalid point keeps its position code, and one of the
 * background has nothing else. Source: efficient_sam/efficient_sam_decoder.py.
 */
export class EfficientPromptEncoder extends Module<[Tensor, Tensor], EfficientPrompt> {
  readonly pe_layer: PositionEmbeddingRandom;
  readonly invalid_points: Embedding;
  readonly point_embeddings: Embedding;
  readonly bbox_top_left_embeddings: Embedding;
  readonly bbox_bottom_right_embeddings: Embedding;
  readonly #config: EfficientSamConfig;

  constructor(build: Build, config: EfficientSamConfig) {
    super(build);
    const c = config.promptDim;
    this.#config = config;
    this.pe_layer = new PositionEmbeddingRandom(at(build, 'pe_layer'), c);
    this.invalid_points = new Embedding(at(build, 'invalid_points'), 1, c);
    this.point_embeddings = new Embedding(at(build, 'point_embeddings'), 1, c);
    this.bbox_top_left_embeddings = new Embedding(at(build, 'bbox_top_left_embeddings'), 1, c);
    this.bbox_bottom_right_embeddings = new Embedding(at(build, 'bbox_bottom_right_embeddings'), 1, c);
  }

  protected forward(points: Tensor, labels: Tensor): EfficientPrompt {
    const { imgSize } = this.#config;
    const kinds = reshape(labels, [...labels.shape, 1]);
    const code = this.pe_layer.call(div(addScalar(points, 0.5), constant([imgSize, imgSize], [2], 'image size')));
    const table = [
      [-1, this.invalid_points],
      [1, this.point_embeddings],
      [2, this.bbox_top_left_embeddings],
      [3, this.bbox_bottom_right_embeddings],
    ] as const;
    const sparse = table.reduce((s, [label, e]) => add(s, mul(equalScalar(kinds, label), e.call())), code);
    return { sparse, summary: promptSummary(sparse, realTokens(kinds)) };
  }

  /** Position code of the image tokens: [1, C, rows, columns]. */
  densePe(): Tensor {
    const side = Math.floor(this.#config.imgSize / this.#config.patchSize);
    return this.pe_layer.grid(side, side);
  }
}
