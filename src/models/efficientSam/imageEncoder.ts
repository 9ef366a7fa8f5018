import { Conv2d } from '../../nn/conv';
import { zeros } from '../../nn/init';
import { at, type Build, Module, param } from '../../nn/module';
import { LayerNorm2d } from '../../nn/norm';
import { Sequential } from '../../nn/sequential';
import { add } from '../../ops/pointwise';
import { permute, reshape, slice } from '../../ops/view';
import type { Tensor } from '../../tensor/tensor';
import { EncoderBlock } from '../sam/encoderBlock';
import { resizePosEmbed } from '../sam/imageEncoderViT';
import { PatchEmbed } from '../sam/patchEmbed';
import type { EfficientSamConfig } from './config';

/**
 * EfficientSAM's image encoder, a plain ViT with global attention and SAM's neck: normalised image [B, 3, H, W] →
 * [B, promptDim, H/patch, W/patch]. The blocks are SAM's, so adapters find the same places. Source:
 * efficient_sam/efficient_sam_encoder.py.
 */
export class EfficientSamEncoder extends Module<[Tensor], Tensor> {
  readonly patch_embed: PatchEmbed;
  readonly pos_embed: () => Tensor;
  readonly blocks: readonly EncoderBlock[];
  readonly neck: Sequential;
  readonly config: EfficientSamConfig;

  constructor(build: Build, config: EfficientSamConfig) {
    super(build);
    const { embedDim: c, promptDim, posEmbedSide: side, relPosSide } = config;
    this.config = config;
    this.patch_embed = new PatchEmbed(at(build, 'patch_embed'), config.patchSize, 3, c);
    this.pos_embed = param(build, 'pos_embed', [1, side * side + 1, c], zeros, { decay: false });
    const block = {
      ...config,
      dim: c,
      qkvBias: true,
      useRelPos: relPosSide !== null,
      inputSize: [relPosSide ?? 1, relPosSide ?? 1] as const,
      relPosNames: ['rel_h', 'rel_w'] as const,
      windowSize: 0,
      norm1InWindow: false,
    };
    this.blocks = Array.from({ length: config.depth }, (_, i) => new EncoderBlock(at(at(build, 'blocks'), i), block));
    this.neck = new Sequential(at(build, 'neck'), [
      (b) => new Conv2d(b, c, promptDim, { kernel: 1, bias: false }),
      (b) => new LayerNorm2d(b, promptDim),
      (b) => new Conv2d(b, promptDim, promptDim, { kernel: 3, padding: 1, bias: false }),
      (b) => new LayerNorm2d(b, promptDim),
    ]);
  }

  protected forward(x: Tensor): Tensor {
    const patches = this.patch_embed.call(x);
    const tokens = add(patches, this.#positions(patches.shape[1], patches.shape[2]));
    const y = this.blocks.reduce((t, block) => block.call(t), tokens);
    return this.neck.call(permute(y, [0, 3, 1, 2]));
  }

  /** The class token's entry is dropped, the rest resized to the map. */
  #positions(h: number, w: number): Tensor {
    const { posEmbedSide: side, embedDim: c } = this.config;
    const map = reshape(slice(this.pos_embed(), 1, 1, side * side), [1, side, side, c]);
    return resizePosEmbed(map, h, w);
  }
}
