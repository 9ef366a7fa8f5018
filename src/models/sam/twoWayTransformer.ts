import { MLPBlock } from '../../nn/mlp';
import { at, type Build, Module } from '../../nn/module';
import { LayerNorm } from '../../nn/norm';
import { add } from '../../ops/pointwise';
import { permute, reshape } from '../../ops/view';
import type { Tensor } from '../../tensor/tensor';
import type { TwoWayConfig } from './config';
import { DecoderAttention } from './decoderAttention';

/**
 * One layer: tokens attend to themselves, then to the image, then the image attends to the tokens; post-norm.
 * Arguments queries [B, T, C], keys [B, N, C] and their position codes; returns both. Source:
 * segment_anything/modeling/transformer.py.
 */
export class TwoWayAttentionBlock extends Module<[Tensor, Tensor, Tensor, Tensor], readonly [Tensor, Tensor]> {
  readonly self_attn: DecoderAttention;
  readonly norm1: LayerNorm;
  readonly cross_attn_token_to_image: DecoderAttention;
  readonly norm2: LayerNorm;
  readonly mlp: MLPBlock;
  readonly norm3: LayerNorm;
  readonly norm4: LayerNorm;
  readonly cross_attn_image_to_token: DecoderAttention;
  readonly #selfAttention: (queries: Tensor, queryPe: Tensor) => Tensor;

  constructor(build: Build, config: TwoWayConfig, first: boolean) {
    super(build);
    const { embeddingDim: c, numHeads, attentionDownsampleRate: rate } = config;
    this.self_attn = new DecoderAttention(at(build, 'self_attn'), c, numHeads);
    this.norm1 = new LayerNorm(at(build, 'norm1'), c);
    this.cross_attn_token_to_image = new DecoderAttention(at(build, 'cross_attn_token_to_image'), c, numHeads, rate);
    this.norm2 = new LayerNorm(at(build, 'norm2'), c);
    this.mlp = new MLPBlock(at(build, 'mlp'), c, config.mlpDim, config.act, config.mlpNames);
    this.norm3 = new LayerNorm(at(build, 'norm3'), c);
    this.norm4 = new LayerNorm(at(build, 'norm4'), c);
    this.cross_attn_image_to_token = new DecoderAttention(at(build, 'cross_attn_image_to_token'), c, numHeads, rate);
    const step = config.residualSelfAttn ? this.#residualStep : this.#samStep;
    this.#selfAttention = (q, pe) => step.call(this, q, pe, first);
  }

  protected forward(queries: Tensor, keys: Tensor, queryPe: Tensor, keyPe: Tensor): readonly [Tensor, Tensor] {
    const q1 = this.norm1.call(this.#selfAttention(queries, queryPe));
    const k = add(keys, keyPe);
    const q2 = this.norm2.call(add(q1, this.cross_attn_token_to_image.call(add(q1, queryPe), k, keys)));
    const q3 = this.norm3.call(add(q2, this.mlp.call(q2)));
    const image = this.cross_attn_image_to_token.call(k, add(q3, queryPe), q3);
    return [q3, this.norm4.call(add(keys, image))];
  }

  /** SAM: in the first layer the attention's output replaces the tokens, without residual and position code. */
  #samStep(queries: Tensor, queryPe: Tensor, first: boolean): Tensor {
    if (first) return this.self_attn.call(queries, queries, queries);
    const q = add(queries, queryPe);
    return add(queries, this.self_attn.call(q, q, queries));
  }

  /**
   * Published Med-SA code: always a residual; after the first layer the position code goes into the tokens themselves.
   */
  #residualStep(queries: Tensor, queryPe: Tensor, first: boolean): Tensor {
    const q = first ? queries : add(queries, queryPe);
    return add(q, this.self_attn.call(q, q, q));
  }
}

/**
 * Image embedding [B, C, h, w], its position code and tokens [B, T, C] → tokens and image tokens [B, h·w, C]. Source:
 * segment_anything/modeling/transformer.py.
 */
export class TwoWayTransformer extends Module<[Tensor, Tensor, Tensor], readonly [Tensor, Tensor]> {
  readonly layers: readonly TwoWayAttentionBlock[];
  readonly final_attn_token_to_image: DecoderAttention;
  readonly norm_final_attn: LayerNorm;

  constructor(build: Build, config: TwoWayConfig) {
    super(build);
    const { depth, embeddingDim: c, numHeads, attentionDownsampleRate: rate } = config;
    this.layers = Array.from(
      { length: depth },
      (_, i) => new TwoWayAttentionBlock(at(at(build, 'layers'), i), config, i === 0),
    );
    this.final_attn_token_to_image = new DecoderAttention(at(build, 'final_attn_token_to_image'), c, numHeads, rate);
    this.norm_final_attn = new LayerNorm(at(build, 'norm_final_attn'), c);
  }

  protected forward(imageEmbedding: Tensor, imagePe: Tensor, tokens: Tensor): readonly [Tensor, Tensor] {
    const flat = (x: Tensor) => permute(reshape(x, [x.shape[0], x.shape[1], x.shape[2] * x.shape[3]]), [0, 2, 1]);
    const keyPe = flat(imagePe);
    let queries = tokens;
    let keys = flat(imageEmbedding);
    for (const layer of this.layers) [queries, keys] = layer.call(queries, keys, tokens, keyPe);
    const attended = this.final_attn_token_to_image.call(add(queries, tokens), add(keys, keyPe), keys);
    return [this.norm_final_attn.call(add(queries, attended)), keys];
  }
}
