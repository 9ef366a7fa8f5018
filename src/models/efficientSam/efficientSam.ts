import { at, type Build, Module } from '../../nn/module';
import { div, greaterScalar, mul, sub, where } from '../../ops/pointwise';
import { interpolate } from '../../ops/resize';
import { concat, expand, reshape, slice } from '../../ops/view';
import { showShape } from '../../tensor/shape';
import { constant, type Tensor } from '../../tensor/tensor';
import type { Masks } from '../sam/maskDecoder';
import type { EfficientSamConfig } from './config';
import { EfficientSamEncoder } from './imageEncoder';
import { EfficientMaskDecoder } from './maskDecoder';
import { EfficientPromptEncoder } from './promptEncoder';

/** Images [B, 3, H, W] in 0..1 of any size, and Q queries per image in its pixels: points [B, Q, P, 2], labels [B, Q, P]. */
export interface EfficientInput {
  readonly image: Tensor;
  readonly points: Tensor;
  readonly labels: Tensor;
  /** Three masks (default) or one. */
  readonly multimask?: boolean;
}

/** EfficientSAM: as SAM, with several queries per image. Source: efficient_sam/efficient_sam.py. */
export class EfficientSam extends Module<[EfficientInput], Masks> {
  readonly image_encoder: EfficientSamEncoder;
  readonly prompt_encoder: EfficientPromptEncoder;
  readonly mask_decoder: EfficientMaskDecoder;
  readonly config: EfficientSamConfig;

  constructor(build: Build, config: EfficientSamConfig) {
    super(build);
    this.config = config;
    this.image_encoder = new EfficientSamEncoder(at(build, 'image_encoder'), config);
    this.prompt_encoder = new EfficientPromptEncoder(at(build, 'prompt_encoder'), config);
    this.mask_decoder = new EfficientMaskDecoder(at(build, 'mask_decoder'), config);
  }

  /** Masks [B, Q, n, H, W] in the image's own size (bicubic) and IoU [B, Q, n]. */
  protected forward({ image, points, labels, multimask = true }: EfficientInput): Masks {
    const [h, w] = image.shape.slice(2);
    const low = this.predictMasks(this.encode(image), points, labels, [h, w], multimask);
    const [b, q, n, lowH, lowW] = low.masks.shape;
    const full = interpolate(reshape(low.masks, [b * q, n, lowH, lowW]), [h, w], 'bicubic');
    return { masks: reshape(full, [b, q, n, h, w]), iou: low.iou };
  }

  /** Bilinear resize to imgSize², then mean and deviation. */
  preprocess(image: Tensor): Tensor {
    const { imgSize, pixelMean, pixelStd } = this.config;
    const [, , h, w] = image.shape;
    const x = h === imgSize && w === imgSize ? image : interpolate(image, [imgSize, imgSize], 'bilinear');
    const perChannel = (v: readonly number[]) => constant(v, [1, 3, 1, 1], 'pixel statistics');
    return div(sub(x, perChannel(pixelMean)), perChannel(pixelStd));
  }

  /** Image [B, 3, H, W] in 0..1 → embedding [B, C, h, w]. */
  encode(image: Tensor): Tensor {
    if (image.shape.length !== 4 || image.shape[1] !== 3)
      throw new Error(`EfficientSAM: expected an image [B,3,H,W], got ${showShape(image.shape)}`);
    return this.image_encoder.call(this.preprocess(image));
  }

  /** Low-resolution logits [B, Q, n, 4h, 4w] and IoU [B, Q, n] for queries in pixels of an image of `size` (rows, columns). */
  predictMasks(
    embeddings: Tensor,
    points: Tensor,
    labels: Tensor,
    size: readonly [number, number],
    multimask: boolean,
  ): Masks {
    const [b, q] = points.shape;
    const query = this.rescale(points, labels, size);
    const { sparse, summary } = this.prompt_encoder.call(query.points, query.labels);
    const [c, h, w] = embeddings.shape.slice(1);
    const each = expand(reshape(embeddings, [b, 1, c, h, w]), [b, q, c, h, w]);
    const imageEmbeddings = reshape(each, [b * q, c, h, w]);
    const imagePe = this.prompt_encoder.densePe();
    const low = this.mask_decoder.call({ imageEmbeddings, imagePe, sparse, summary, multimask });
    const n = low.iou.shape[1];
    return { masks: reshape(low.masks, [b, q, n, ...low.masks.shape.slice(2)]), iou: reshape(low.iou, [b, q, n]) };
  }

  /**
   * Queries as rows [B·Q, maxPoints, 2] and [B·Q, maxPoints] in pixels of the encoder's image: further points are cut off,
   * missing ones are (−1, −1) with label −1, and negative coordinates become −1.
   */
  rescale(points: Tensor, labels: Tensor, [h, w]: readonly [number, number]): { points: Tensor; labels: Tensor } {
    const { maxPoints, imgSize } = this.config;
    const [b, q, p] = points.shape;
    const kept = Math.min(p, maxPoints);
    const fill = (x: Tensor) => {
      const rest = [b * q, maxPoints - kept, ...x.shape.slice(2)];
      const cut = slice(x, 1, 0, kept);
      return maxPoints > kept ? concat([cut, expand(constant([-1], [1], 'missing'), rest)], 1) : cut;
    };
    const factors = constant([imgSize / w, imgSize / h], [2], 'scale of coordinates');
    const scaled = where(greaterScalar(points, -1e-30), mul(points, factors), constant([-1], [1], 'outside'));
    return {
      points: fill(reshape(scaled, [b * q, p, 2])),
      labels: fill(reshape(labels, [b * q, p])),
    };
  }
}
