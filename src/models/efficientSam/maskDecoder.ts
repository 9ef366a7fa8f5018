import { Activation } from '../../nn/activation';
import { PROMPT, provide } from '../../nn/context';
import { ConvTranspose2d } from '../../nn/conv';
import { Embedding } from '../../nn/embedding';
import { at, type Build, Module } from '../../nn/module';
import { GroupNorm } from '../../nn/norm';
import { Sequential } from '../../nn/sequential';
import { matmul } from '../../ops/matmul';
import { concat, expand, permute, reshape, slice } from '../../ops/view';
import type { Tensor } from '../../tensor/tensor';
import type { Masks } from '../sam/maskDecoder';
import { TwoWayTransformer } from '../sam/twoWayTransformer';
import type { EfficientSamConfig } from './config';
import { EfficientMlp } from './mlp';

/** What the decoder is asked, one query per row: `imageEmbeddings` [B or 1, C, h, w], `imagePe` [1, C, h, w]. */
export interface EfficientDecoderInput {
  readonly imageEmbeddings: Tensor;
  readonly imagePe: Tensor;
  /** [B, P, C]. */
  readonly sparse: Tensor;
  /** [B, C]: what adapters of the decoder are conditioned on. */
  readonly summary: Tensor;
  /** All masks but the first, or the first alone. */
  readonly multimask: boolean;
}

/**
 * EfficientSAM's mask decoder: SAM's with a residual in every self-attention, GroupNorm while enlarging, and MLPs of other
 * names; no dense prompt. Source: efficient_sam/efficient_sam_decoder.py.
 */
export class EfficientMaskDecoder extends Module<[EfficientDecoderInput], Masks> {
  readonly transformer: TwoWayTransformer;
  readonly iou_token: Embedding;
  readonly mask_tokens: Embedding;
  readonly final_output_upscaling_layers: readonly Sequential[];
  readonly output_hypernetworks_mlps: readonly EfficientMlp[];
  readonly iou_prediction_head: EfficientMlp;
  readonly config: EfficientSamConfig;

  constructor(build: Build, config: EfficientSamConfig) {
    super(build);
    const { promptDim: c, twoWay, upscaling, act } = config;
    const n = config.numMultimaskOutputs + 1;
    this.config = config;
    this.transformer = new TwoWayTransformer(at(build, 'transformer'), {
      ...twoWay,
      embeddingDim: c,
      act,
      attentionDownsampleRate: 2,
      residualSelfAttn: true,
      mlpNames: ['layers.0.0', 'fc'],
    });
    this.iou_token = new Embedding(at(build, 'iou_token'), 1, c);
    this.mask_tokens = new Embedding(at(build, 'mask_tokens'), n, c);
    this.final_output_upscaling_layers = upscaling.map((out, i) => {
      const doubling = (b: Build) => new ConvTranspose2d(b, i ? upscaling[i - 1] : c, out, { kernel: 2, stride: 2 });
      const norm = i < upscaling.length - 1 ? [(b: Build) => new GroupNorm(b, 1, out)] : [];
      const steps = [doubling, ...norm, (b: Build) => new Activation(b, act)];
      return new Sequential(at(at(build, 'final_output_upscaling_layers'), i), steps);
    });
    const hyper = { input: c, hidden: c, output: upscaling[upscaling.length - 1], depth: config.hyperDepth };
    this.output_hypernetworks_mlps = Array.from(
      { length: n },
      (_, i) => new EfficientMlp(at(at(build, 'output_hypernetworks_mlps'), i), hyper, act),
    );
    const head = { input: c, hidden: config.iouHeadHiddenDim, output: n, depth: config.iouHeadDepth };
    this.iou_prediction_head = new EfficientMlp(at(build, 'iou_prediction_head'), head, act);
  }

  protected forward(input: EfficientDecoderInput): Masks {
    const { masks, iou } = this.predictMasks(input);
    const [from, count] = input.multimask ? [1, this.config.numMultimaskOutputs] : [0, 1];
    return { masks: slice(masks, 1, from, count), iou: slice(iou, 1, from, count) };
  }

  /** Logits and IoU of all mask tokens, the single-mask one first. */
  predictMasks({ imageEmbeddings, imagePe, sparse, summary }: EfficientDecoderInput): Masks {
    const n = this.config.numMultimaskOutputs + 1;
    const [batch] = sparse.shape;
    const whole = (x: Tensor) => expand(x, [batch, ...x.shape.slice(1)]);
    const own = concat([this.iou_token.call(), this.mask_tokens.call()], 0);
    const tokens = concat([whole(reshape(own, [1, ...own.shape])), sparse], 1);
    const [hs, keys] = provide(PROMPT, summary, () =>
      this.transformer.call(whole(imageEmbeddings), whole(imagePe), tokens),
    );
    const map = reshape(permute(keys, [0, 2, 1]), [batch, ...imageEmbeddings.shape.slice(1)]);
    const upscaled = this.final_output_upscaling_layers.reduce((x, layer) => layer.call(x), map);
    const [c, h, w] = upscaled.shape.slice(1);
    const token = (i: number) => reshape(slice(hs, 1, i, 1), [batch, hs.shape[2]]);
    const rows = this.output_hypernetworks_mlps.map((mlp, i) => reshape(mlp.call(token(1 + i)), [batch, 1, c]));
    const masks = matmul(concat(rows, 1), reshape(upscaled, [batch, c, h * w]));
    return { masks: reshape(masks, [batch, n, h, w]), iou: this.iou_prediction_head.call(token(0)) };
  }
}
