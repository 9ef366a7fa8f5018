import type { Act } from '../../nn/activation';
import { MLPBlock } from '../../nn/mlp';
import { at, type Build, Module } from '../../nn/module';
import { LayerNorm } from '../../nn/norm';
import { add } from '../../ops/pointwise';
import type { Tensor } from '../../tensor/tensor';
import { EncoderAttention, type EncoderAttentionConfig } from './encoderAttention';
import { WindowAttention } from './windowAttention';

/** Of one block; `windowSize` 0 means global attention. */
export interface EncoderBlockConfig extends EncoderAttentionConfig {
  readonly mlpRatio: number;
  readonly act: Act;
  readonly normEps: number;
  readonly windowSize: number;
  readonly norm1InWindow: boolean;
  /** Names of both layers of the MLP; SAM's unless given. */
  readonly mlpNames?: readonly [string, string];
}

/**
 * Transformer block, windowed or global, of tokens [B, H, W, C]. Source: segment_anything/modeling/image_encoder.py.
 */
export class EncoderBlock extends Module<[Tensor], Tensor> {
  readonly norm1: LayerNorm;
  readonly attn: EncoderAttention;
  readonly norm2: LayerNorm;
  readonly mlp: MLPBlock;
  /** Wrap point: windows, attention, un-windowing. */
  readonly space_attn: WindowAttention;
  readonly #norm1InWindow: boolean;

  constructor(build: Build, config: EncoderBlockConfig) {
    super(build);
    const { dim, normEps, norm1InWindow } = config;
    this.norm1 = new LayerNorm(at(build, 'norm1'), dim, normEps);
    this.attn = new EncoderAttention(at(build, 'attn'), config);
    this.norm2 = new LayerNorm(at(build, 'norm2'), dim, normEps);
    this.mlp = new MLPBlock(at(build, 'mlp'), dim, Math.floor(dim * config.mlpRatio), config.act, config.mlpNames);
    this.#norm1InWindow = norm1InWindow;
    // Padding is zeros after norm1 in SAM; in the published Med-SA code norm1 sees it and makes its bias of it.
    const inner = norm1InWindow ? (w: Tensor) => this.attn.call(this.norm1.call(w)) : (w: Tensor) => this.attn.call(w);
    this.space_attn = new WindowAttention(at(build, 'space_attn'), dim, config.windowSize, inner);
  }

  protected forward(x: Tensor): Tensor {
    const y = add(x, this.space_attn.call(this.#norm1InWindow ? x : this.norm1.call(x)));
    return add(y, this.mlp.call(this.norm2.call(y)));
  }
}
