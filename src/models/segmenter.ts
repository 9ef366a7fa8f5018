import type { Module } from '../nn/module';
import type { Tensor } from '../tensor/tensor';
import type { SamConfig } from './sam/config';
import type { MaskChoice, Masks } from './sam/maskDecoder';
import type { Prompts } from './sam/promptEncoder';

/** What is known of a segmenter without its weights: sides of its input and of its masks, and what stands where there is no image. */
export interface SegmenterConfig {
  readonly name: string;
  readonly imageEncoder: Pick<SamConfig['imageEncoder'], 'imgSize'>;
  /** The decoder's masks and mask prompts have four times as many rows and columns. */
  readonly promptEncoder: Pick<SamConfig['promptEncoder'], 'embedDim' | 'imageEmbeddingSize'>;
  readonly pixelMean: readonly number[];
}

/** What can be trained and measured on images, objects and prompts: SAM, and what is compared with it. */
export interface Segmenter extends Module {
  readonly config: SegmenterConfig;
  /** Image [B, 3, H, W] in 0..255 → what the decoder reads, once an image. */
  encode(image: Tensor): Tensor;
  /** That and a prompt for each row → mask logits [B, n, h, w] and an estimate of their IoU [B, n]. */
  decode(embedding: Tensor, prompts: Prompts, multimask: MaskChoice): Masks;
}
