import { zeros } from '../../nn/init';
import { Linear } from '../../nn/linear';
import { at, type Build, Module, param } from '../../nn/module';
import { decomposedRelPos, getRelPos, type RelPos } from '../../ops/attention';
import { permute, reshape, slice } from '../../ops/view';
import type { Tensor } from '../../tensor/tensor';
import { AttentionCore } from './attentionCore';

/** Of one attention module of the encoder; `inputSize` = rows and columns of tokens that the tables are made for. */
export interface EncoderAttentionConfig {
  readonly dim: number;
  readonly numHeads: number;
  readonly qkvBias: boolean;
  readonly useRelPos: boolean;
  readonly inputSize: readonly [number, number];
  readonly relPosNames: readonly [string, string];
}

/**
 * Multi-head self-attention of the tokens of a map or window, with decomposed relative positions: [B, H, W, C] → [B, H,
 * W, C]. Source: segment_anything/modeling/image_encoder.py.
 */
export class EncoderAttention extends Module<[Tensor], Tensor> {
  /** Width of the tokens. */
  readonly dim: number;
  readonly qkv: Linear;
  readonly proj: Linear;
  /** Wrap point: attention proper. */
  readonly core: AttentionCore;
  readonly numHeads: number;
  /** Tables [2·rows − 1, headDim] and [2·columns − 1, headDim]; they start at zero. */
  readonly #relPos: readonly [() => Tensor, () => Tensor] | null;

  constructor(build: Build, config: EncoderAttentionConfig) {
    super(build);
    const { dim, numHeads, inputSize, relPosNames } = config;
    if (dim % numHeads !== 0) throw new Error(`${build.path}: width ${dim} does not divide into ${numHeads} heads`);
    this.dim = dim;
    this.numHeads = numHeads;
    this.qkv = new Linear(at(build, 'qkv'), dim, 3 * dim, { bias: config.qkvBias });
    this.proj = new Linear(at(build, 'proj'), dim, dim);
    this.core = new AttentionCore(at(build, 'core'));
    const table = (i: 0 | 1) => param(build, relPosNames[i], [2 * inputSize[i] - 1, dim / numHeads], zeros);
    this.#relPos = config.useRelPos ? [table(0), table(1)] : null;
  }

  protected forward(x: Tensor): Tensor {
    const [b, h, w, c] = x.shape;
    const heads = this.numHeads;
    const d = c / heads;
    const qkv = permute(reshape(this.qkv.call(x), [b, h * w, 3, heads, d]), [2, 0, 3, 1, 4]);
    const [q, k, v] = [0, 1, 2].map((i) => reshape(slice(qkv, 0, i, 1), [b, heads, h * w, d]));
    const y = this.core.call(q, k, v, this.#relativePositions(q, h, w));
    return this.proj.call(reshape(permute(y, [0, 2, 1, 3]), [b, h, w, c]));
  }

  /** Terms of the scores, taken with the unscaled q; null without relative positions. */
  #relativePositions(q: Tensor, h: number, w: number): RelPos | null {
    if (!this.#relPos) return null;
    const [tableH, tableW] = this.#relPos;
    return decomposedRelPos(q, getRelPos(h, h, tableH()), getRelPos(w, w, tableW()));
  }
}
