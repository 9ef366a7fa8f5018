import { Conv2d } from '../../nn/conv';
import { zeros } from '../../nn/init';
import { at, type Build, Module, param } from '../../nn/module';
import { LayerNorm2d } from '../../nn/norm';
import { Sequential } from '../../nn/sequential';
import { add } from '../../ops/pointwise';
import { interpolate } from '../../ops/resize';
import { permute } from '../../ops/view';
import { showShape } from '../../tensor/shape';
import type { Tensor } from '../../tensor/tensor';
import type { ImageEncoderConfig } from './config';
import { EncoderBlock } from './encoderBlock';
import { PatchEmbed } from './patchEmbed';

/**
 * SAM's image encoder: normalised image [B, inC, H, W] → embedding [B, outChans, H/patch, W/patch]. Source:
 * segment_anything/modeling/image_encoder.py.
 */
export class ImageEncoderViT extends Module<[Tensor], Tensor> {
  readonly patch_embed: PatchEmbed;
  readonly pos_embed: (() => Tensor) | null;
  readonly blocks: readonly EncoderBlock[];
  readonly neck: Sequential;
  readonly config: ImageEncoderConfig;

  constructor(build: Build, config: ImageEncoderConfig) {
    super(build);
    const { embedDim, outChans, depth } = config;
    this.config = config;
    const side = Math.floor(config.imgSize / config.patchSize);
    const posSide = config.posEmbedSide ?? side;
    this.patch_embed = new PatchEmbed(at(build, 'patch_embed'), config.patchSize, config.inChans, embedDim);
    this.pos_embed = config.useAbsPos
      ? param(build, 'pos_embed', [1, posSide, posSide, embedDim], zeros, { decay: false })
      : null;
    this.blocks = Array.from(
      { length: depth },
      (_, i) => new EncoderBlock(at(at(build, 'blocks'), i), blockConfig(config, i)),
    );
    this.neck = new Sequential(at(build, 'neck'), [
      (b) => new Conv2d(b, embedDim, outChans, { kernel: 1, bias: false }),
      (b) => new LayerNorm2d(b, outChans),
      (b) => new Conv2d(b, outChans, outChans, { kernel: 3, padding: 1, bias: false }),
      (b) => new LayerNorm2d(b, outChans),
    ]);
  }

  protected forward(x: Tensor): Tensor {
    const { patchSize, inChans } = this.config;
    if (x.shape.length !== 4 || x.shape[1] !== inChans || x.shape[2] < patchSize || x.shape[3] < patchSize) {
      throw new Error(
        `${this.path}: expected an image [B,${inChans},H,W] of at least ${patchSize} pixels a side, got ${showShape(x.shape)}`,
      );
    }
    const patches = this.patch_embed.call(x);
    const tokens = this.pos_embed
      ? add(patches, resizePosEmbed(this.pos_embed(), patches.shape[1], patches.shape[2]))
      : patches;
    const y = this.blocks.reduce((t, block) => block.call(t), tokens);
    return this.neck.call(permute(y, [0, 3, 1, 2]));
  }
}

/**
 * Position embedding [1, s, s, C] for a map of h × w tokens: bicubic (a = −0.75, corners not aligned) unless the size
 * fits.
 */
export function resizePosEmbed(pos: Tensor, h: number, w: number): Tensor {
  if (pos.shape[1] === h && pos.shape[2] === w) return pos;
  return permute(interpolate(permute(pos, [0, 3, 1, 2]), [h, w], 'bicubic'), [0, 2, 3, 1]);
}

function blockConfig(config: ImageEncoderConfig, i: number) {
  const windowSize = config.globalAttnIndexes.includes(i) ? 0 : config.windowSize;
  const side = windowSize || (config.relPosSide ?? Math.floor(config.imgSize / config.patchSize));
  return {
    dim: config.embedDim,
    numHeads: config.numHeads,
    mlpRatio: config.mlpRatio,
    qkvBias: config.qkvBias,
    act: config.act,
    normEps: config.normEps,
    useRelPos: config.useRelPos,
    relPosNames: config.relPosNames ?? (['rel_pos_h', 'rel_pos_w'] as const),
    inputSize: [side, side] as const,
    windowSize,
    norm1InWindow: config.norm1InWindow ?? false,
  };
}
