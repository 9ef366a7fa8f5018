import { Activation } from '../../nn/activation';
import { PROMPT, provide } from '../../nn/context';
import { ConvTranspose2d } from '../../nn/conv';
import { Embedding } from '../../nn/embedding';
import { MLP } from '../../nn/mlp';
import { at, type Build, Module } from '../../nn/module';
import { LayerNorm2d } from '../../nn/norm';
import { Sequential } from '../../nn/sequential';
import { matmul } from '../../ops/matmul';
import { add } from '../../ops/pointwise';
import { concat, expand, permute, reshape, slice } from '../../ops/view';
import { showShape } from '../../tensor/shape';
import type { Tensor } from '../../tensor/tensor';
import type { MaskDecoderConfig } from './config';
import { TwoWayTransformer } from './twoWayTransformer';

/** Which mask tokens answer: the first (false), the others (true), or all of them. */
export type MaskChoice = boolean | 'all';

/** What the decoder is asked. `imageEmbeddings` [I, C, h, w] with I = 1 or the prompts' batch B. */
export interface DecoderInput {
  readonly imageEmbeddings: Tensor;
  /** [1, C, h, w]. */
  readonly imagePe: Tensor;
  /** [B, N, C], or null when there are neither points nor boxes. */
  readonly sparse: Tensor | null;
  /** [B, C, h, w]. */
  readonly dense: Tensor;
  /** Mean of the real prompt tokens [B, C] (PromptEmbedding.summary): what adapters of the decoder are conditioned on. */
  readonly summary: Tensor;
  readonly multimask: MaskChoice;
}

/** Mask logits [B, n, 4h, 4w] and predicted IoU [B, n]. */
export interface Masks {
  readonly masks: Tensor;
  readonly iou: Tensor;
  readonly [key: string]: Tensor;
}

/**
 * SAM's mask decoder: a two-way transformer over output tokens and image, then one hypernetwork per mask. Source:
 * segment_anything/modeling/mask_decoder.py.
 */
export class MaskDecoder extends Module<[DecoderInput], Masks> {
  readonly transformer: TwoWayTransformer;
  readonly iou_token: Embedding;
  readonly mask_tokens: Embedding;
  readonly output_upscaling: Sequential;
  readonly output_hypernetworks_mlps: readonly MLP[];
  readonly iou_prediction_head: MLP;
  readonly config: MaskDecoderConfig;

  constructor(build: Build, config: MaskDecoderConfig) {
    super(build);
    const { transformerDim: c, act } = config;
    const n = config.numMultimaskOutputs + 1;
    this.config = config;
    this.transformer = new TwoWayTransformer(at(build, 'transformer'), config.transformer);
    this.iou_token = new Embedding(at(build, 'iou_token'), 1, c);
    this.mask_tokens = new Embedding(at(build, 'mask_tokens'), n, c);
    const [c4, c8] = [Math.floor(c / 4), Math.floor(c / 8)];
    this.output_upscaling = new Sequential(at(build, 'output_upscaling'), [
      (b) => new ConvTranspose2d(b, c, c4, { kernel: 2, stride: 2 }),
      (b) => new LayerNorm2d(b, c4),
      (b) => new Activation(b, act),
      (b) => new ConvTranspose2d(b, c4, c8, { kernel: 2, stride: 2 }),
      (b) => new Activation(b, act),
    ]);
    const hyper = { input: c, hidden: c, output: c8, depth: 3 };
    this.output_hypernetworks_mlps = Array.from(
      { length: n },
      (_, i) => new MLP(at(at(build, 'output_hypernetworks_mlps'), i), hyper),
    );
    const head = { input: c, hidden: config.iouHeadHiddenDim, output: n, depth: config.iouHeadDepth };
    this.iou_prediction_head = new MLP(at(build, 'iou_prediction_head'), head);
  }

  protected forward(input: DecoderInput): Masks {
    const { masks, iou } = this.predictMasks(input);
    const [from, count] = maskRange(this.config, input.multimask);
    return { masks: slice(masks, 1, from, count), iou: slice(iou, 1, from, count) };
  }

  /** Logits and IoU of all mask tokens, the single-mask one first. */
  predictMasks(input: DecoderInput): Masks {
    const n = this.config.numMultimaskOutputs + 1;
    const batch = this.#batch(input);
    const [h, w] = input.imageEmbeddings.shape.slice(2);
    const whole = (x: Tensor) => expand(x, [batch, ...x.shape.slice(1)]);
    const src = add(whole(input.imageEmbeddings), whole(input.dense));
    const tokens = this.#tokens(input.sparse, batch);
    const [hs, keys] = provide(PROMPT, whole(input.summary), () =>
      this.transformer.call(src, whole(input.imagePe), tokens),
    );
    const upscaled = this.output_upscaling.call(reshape(permute(keys, [0, 2, 1]), [batch, src.shape[1], h, w]));
    const [c8, h4, w4] = upscaled.shape.slice(1);
    const rows = this.output_hypernetworks_mlps.map((mlp, i) => reshape(mlp.call(token(hs, 1 + i)), [batch, 1, c8]));
    const masks = matmul(concat(rows, 1), reshape(upscaled, [batch, c8, h4 * w4]));
    return { masks: reshape(masks, [batch, n, h4, w4]), iou: this.iou_prediction_head.call(token(hs, 0)) };
  }

  /** IoU token, mask tokens, then the prompt's: [B, 1 + n + N, C]. */
  #tokens(sparse: Tensor | null, batch: number): Tensor {
    const own = concat([this.iou_token.call(), this.mask_tokens.call()], 0);
    const output = expand(reshape(own, [1, ...own.shape]), [batch, ...own.shape]);
    return sparse ? concat([output, expand(sparse, [batch, ...sparse.shape.slice(1)])], 1) : output;
  }

  /** One batch size for image, tokens and dense prompts; each of them may be 1. */
  #batch({ imageEmbeddings, sparse, dense, summary }: DecoderInput): number {
    const sizes = [imageEmbeddings, dense, summary, ...(sparse ? [sparse] : [])].map((t) => t.shape[0]);
    const batch = Math.max(...sizes);
    if (sizes.some((s) => s !== 1 && s !== batch)) {
      throw new Error(
        `${this.path || 'mask decoder'}: batch sizes differ — image ${showShape(imageEmbeddings.shape)}, dense ${showShape(dense.shape)}, sparse ${sparse ? showShape(sparse.shape) : 'none'}`,
      );
    }
    return batch;
  }
}

/** First mask token and number of masks that a call returns. */
export function maskRange(config: MaskDecoderConfig, multimask: MaskChoice): readonly [number, number] {
  if (multimask === 'all') return [0, config.numMultimaskOutputs + 1];
  if (config.firstMasks) return [0, config.firstMasks];
  return multimask ? [1, config.numMultimaskOutputs] : [0, 1];
}

/** Token i of hs [B, T, C] as [B, C]. */
function token(hs: Tensor, i: number): Tensor {
  return reshape(slice(hs, 1, i, 1), [hs.shape[0], hs.shape[2]]);
}
