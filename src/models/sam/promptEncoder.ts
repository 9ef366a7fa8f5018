import { Activation } from '../../nn/activation';
import { Conv2d } from '../../nn/conv';
import { Embedding } from '../../nn/embedding';
import { at, type Build, Module } from '../../nn/module';
import { LayerNorm2d } from '../../nn/norm';
import { Sequential } from '../../nn/sequential';
import { add, addScalar, div, equalScalar, mul, where } from '../../ops/pointwise';
import { concat, expand, pad, reshape } from '../../ops/view';
import { numel, showShape } from '../../tensor/shape';
import { constant, type Tensor } from '../../tensor/tensor';
import type { PromptEncoderConfig } from './config';
import { PositionEmbeddingRandom } from './positionEmbeddingRandom';
import { promptSummary, realTokens } from './promptSummary';

/** One prompt per batch row; absent kinds are left out. Coordinates (x, y) in pixels of the padded input. */
export interface Prompts {
  /** [B, P, 2]. */
  readonly points?: Tensor | null;
  /** [B, P] as f32: 1 object, 0 background, −1 not a point, 2 and 3 corners of a box. */
  readonly labels?: Tensor | null;
  /** [B, 4] as x0, y0, x1, y1. */
  readonly boxes?: Tensor | null;
  /** Logits of an earlier mask [B, 1, 4·rows, 4·columns]. */
  readonly masks?: Tensor | null;
  /** [B]: rows whose mask counts (1), the others have none (0); all of them by default. */
  readonly masked?: Tensor | null;
  /** Append SAM's padding point when there are points and no boxes (default); false: the labels hold it already. */
  readonly padding?: boolean;
}

/**
 * What the mask decoder needs to know of the prompts. `sparse` [B, N, dim] is null when there are no points and no
 * boxes. `summary` [B, dim] is the mean of the real sparse tokens of each row: label −1, padding included, does not
 * count, the corners of a box count as two; zeros where there is none. SAM itself does not use it; adapters of the
 * decoder do.
 */
export interface PromptEmbedding {
  readonly sparse: Tensor | null;
  readonly dense: Tensor;
  readonly summary: Tensor;
  readonly [key: string]: Tensor | null;
}

/**
 * SAM's prompt encoder, all of it on the graph: shapes are fixed, labels act through masks of equality. Source:
 * segment_anything/modeling/prompt_encoder.py.
 */
export class PromptEncoder extends Module<[Prompts], PromptEmbedding> {
  readonly pe_layer: PositionEmbeddingRandom;
  readonly point_embeddings: readonly Embedding[];
  readonly not_a_point_embed: Embedding;
  readonly mask_downscaling: Sequential;
  readonly no_mask_embed: Embedding;
  readonly config: PromptEncoderConfig;

  constructor(build: Build, config: PromptEncoderConfig) {
    super(build);
    const { embedDim: c, maskInChans: m, act } = config;
    this.config = config;
    this.pe_layer = new PositionEmbeddingRandom(at(build, 'pe_layer'), c);
    this.point_embeddings = [0, 1, 2, 3].map((i) => new Embedding(at(at(build, 'point_embeddings'), i), 1, c));
    this.not_a_point_embed = new Embedding(at(build, 'not_a_point_embed'), 1, c);
    this.mask_downscaling = new Sequential(at(build, 'mask_downscaling'), [
      (b) => new Conv2d(b, 1, Math.floor(m / 4), { kernel: 2, stride: 2 }),
      (b) => new LayerNorm2d(b, Math.floor(m / 4)),
      (b) => new Activation(b, act),
      (b) => new Conv2d(b, Math.floor(m / 4), m, { kernel: 2, stride: 2 }),
      (b) => new LayerNorm2d(b, m),
      (b) => new Activation(b, act),
      (b) => new Conv2d(b, m, c, { kernel: 1 }),
    ]);
    this.no_mask_embed = new Embedding(at(build, 'no_mask_embed'), 1, c);
  }

  protected forward(prompts: Prompts): PromptEmbedding {
    const batch = this.#check(prompts);
    const dense = this.#dense(prompts, batch);
    const tokens = this.#tokens(prompts);
    const c = this.config.embedDim;
    if (!tokens)
      return { sparse: null, dense, summary: constant(new Float32Array(batch * c), [batch, c], 'no prompt') };
    const real = realTokens(tokens.kinds);
    const sparse = this.#embed(tokens, real);
    return { sparse, dense, summary: promptSummary(sparse, real) };
  }

  /** Position code of the image tokens: [1, dim, rows, columns]. */
  densePe(): Tensor {
    return this.pe_layer.grid(...this.config.imageEmbeddingSize);
  }

  /** Points, then a padding point if there is no box, then box corners. */
  #tokens({ points, labels, boxes, padding = true }: Prompts): Tokens | null {
    const coords: Tensor[] = [];
    const kinds: Tensor[] = [];
    if (points && labels) {
      const [b, p] = points.shape;
      const extra = boxes || !padding ? 0 : 1;
      coords.push(
        pad(addScalar(points, 0.5), [
          [0, 0],
          [0, extra],
          [0, 0],
        ]),
      );
      // Padding brings zeros, the padding point's label is −1: hence the shift by one around it.
      kinds.push(
        reshape(
          addScalar(
            pad(addScalar(labels, 1), [
              [0, 0],
              [0, extra],
            ]),
            -1,
          ),
          [b, p + extra, 1],
        ),
      );
    }
    if (boxes) {
      const b = boxes.shape[0];
      coords.push(addScalar(reshape(boxes, [b, 2, 2]), 0.5));
      kinds.push(expand(constant([2, 3], [1, 2, 1], 'box corners'), [b, 2, 1]));
    }
    return coords.length ? { coords: concat(coords, 1), kinds: concat(kinds, 1) } : null;
  }

  /** Codes of the positions where `real` [B, N, 1] is 1, plus the embedding of each token's kind: [B, N, dim]. */
  #embed({ coords, kinds }: Tokens, real: Tensor): Tensor {
    const [rows, columns] = this.config.inputImageSize;
    const code = this.pe_layer.call(div(coords, constant([columns, rows], [2], 'image size')));
    const table = [...this.point_embeddings.entries(), [-1, this.not_a_point_embed] as const];
    return table.reduce((sum, [label, e]) => add(sum, mul(equalScalar(kinds, label), e.call())), mul(code, real));
  }

  #dense({ masks, masked }: Prompts, batch: number): Tensor {
    if (masks && !masked) return this.mask_downscaling.call(masks);
    const c = this.config.embedDim;
    const [rows, columns] = this.config.imageEmbeddingSize;
    const none = expand(reshape(this.no_mask_embed.call(), [1, c, 1, 1]), [batch, c, rows, columns]);
    return masks && masked ? where(reshape(masked, [batch, 1, 1, 1]), this.mask_downscaling.call(masks), none) : none;
  }

  /** Batch size of the prompts; throws when shapes are wrong or differ in it. */
  #check({ points, labels, boxes, masks }: Prompts): number {
    const fail = (what: string): never => {
      throw new Error(`${this.path || 'prompt encoder'}: ${what}`);
    };
    const [rows, columns] = this.config.imageEmbeddingSize;
    if (!points !== !labels) fail('points need labels and labels need points');
    if (points && (points.shape.length !== 3 || points.shape[2] !== 2))
      fail(`expected points [B,P,2], got ${showShape(points.shape)}`);
    if (points && labels && numel(labels.shape) * 2 !== numel(points.shape)) {
      fail(`expected labels ${showShape(points.shape.slice(0, 2))}, got ${showShape(labels.shape)}`);
    }
    if (boxes && (boxes.shape.length !== 2 || boxes.shape[1] !== 4))
      fail(`expected boxes [B,4], got ${showShape(boxes.shape)}`);
    if (
      masks &&
      (masks.shape.length !== 4 ||
        masks.shape[1] !== 1 ||
        masks.shape[2] !== 4 * rows ||
        masks.shape[3] !== 4 * columns)
    ) {
      fail(`expected mask input [B,1,${4 * rows},${4 * columns}], got ${showShape(masks.shape)}`);
    }
    const batches = [points, boxes, masks].flatMap((t) => (t ? [t.shape[0]] : []));
    if (new Set(batches).size > 1) fail(`points, boxes and masks have different batch sizes: ${batches.join(', ')}`);
    return batches[0] ?? 1;
  }
}

/** Sparse tokens before they are embedded: coords [B, N, 2] in pixels, kinds [B, N, 1] as labels. */
interface Tokens {
  readonly coords: Tensor;
  readonly kinds: Tensor;
}
