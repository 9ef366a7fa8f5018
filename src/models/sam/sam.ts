import { at, type Build, Module } from '../../nn/module';
import { div, sub } from '../../ops/pointwise';
import { interpolate } from '../../ops/resize';
import { pad, slice } from '../../ops/view';
import { showShape } from '../../tensor/shape';
import { constant, type Tensor } from '../../tensor/tensor';
import type { SamConfig } from './config';
import { ImageEncoderViT } from './imageEncoderViT';
import { type MaskChoice, MaskDecoder, type Masks } from './maskDecoder';
import { PromptEncoder, type Prompts } from './promptEncoder';

/** One call of the whole model: images [B, 3, H, W] in 0..255 (already resized), one prompt per batch row. */
export interface SamInput extends Prompts {
  readonly image: Tensor;
  readonly multimask?: MaskChoice;
}

/**
 * Segment Anything: image encoder, prompt encoder, mask decoder. Returns low-resolution logits. Source:
 * segment_anything/modeling/sam.py.
 */
export class Sam extends Module<[SamInput], Masks> {
  readonly image_encoder: ImageEncoderViT;
  readonly prompt_encoder: PromptEncoder;
  readonly mask_decoder: MaskDecoder;
  readonly config: SamConfig;

  constructor(build: Build, config: SamConfig) {
    super(build);
    this.config = config;
    this.image_encoder = new ImageEncoderViT(at(build, 'image_encoder'), config.imageEncoder);
    this.prompt_encoder = new PromptEncoder(at(build, 'prompt_encoder'), config.promptEncoder);
    this.mask_decoder = new MaskDecoder(at(build, 'mask_decoder'), config.maskDecoder);
  }

  protected forward(input: SamInput): Masks {
    return this.decode(this.encode(input.image), input, input.multimask ?? false);
  }

  /** Image [B, 3, H, W] in 0..255 → embedding [B, C, h, w]. */
  encode(image: Tensor): Tensor {
    return this.image_encoder.call(this.preprocess(image));
  }

  /** Embedding and prompts → low-resolution logits and IoU. */
  decode(imageEmbeddings: Tensor, prompts: Prompts, multimask: MaskChoice): Masks {
    const { sparse, dense, summary } = this.prompt_encoder.call(prompts);
    return this.mask_decoder.call({
      imageEmbeddings,
      imagePe: this.prompt_encoder.densePe(),
      sparse,
      dense,
      summary,
      multimask,
    });
  }

  /** Subtracts mean, divides by deviation, pads with zeros on the right and below to imgSize². */
  preprocess(image: Tensor): Tensor {
    const { imgSize, inChans } = this.config.imageEncoder;
    const [, c, h, w] = image.shape;
    if (image.shape.length !== 4 || c !== inChans || h > imgSize || w > imgSize) {
      throw new Error(
        `sam: expected an image [B,${inChans},≤${imgSize},≤${imgSize}], got ${showShape(image.shape)}; resize its longer side to ${imgSize}`,
      );
    }
    const perChannel = (v: readonly number[]) => constant(v, [1, inChans, 1, 1], 'pixel statistics');
    const x = div(sub(image, perChannel(this.config.pixelMean)), perChannel(this.config.pixelStd));
    return pad(x, [
      [0, 0],
      [0, 0],
      [0, imgSize - h],
      [0, imgSize - w],
    ]);
  }

  /**
   * Low-resolution logits [B, n, h, w] → logits at the original size (rows, columns): enlarged, padding cut off,
   * resized.
   */
  postprocess(masks: Tensor, inputSize: readonly [number, number], originalSize: readonly [number, number]): Tensor {
    const { imgSize } = this.config.imageEncoder;
    const full = interpolate(masks, [imgSize, imgSize], 'bilinear');
    return interpolate(slice(slice(full, 2, 0, inputSize[0]), 3, 0, inputSize[1]), [...originalSize], 'bilinear');
  }
}

/** Builds the model of `config`; its parameters are declared in `build.params`. */
export function buildSam(build: Pick<Build, 'params'>, config: SamConfig): Sam {
  return new Sam({ ...build, path: '' }, config);
}
