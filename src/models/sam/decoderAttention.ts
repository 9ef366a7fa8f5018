import { Linear } from '../../nn/linear';
import { at, type Build, Module } from '../../nn/module';
import { attention } from '../../ops/attention';
import { permute, reshape } from '../../ops/view';
import type { Tensor } from '../../tensor/tensor';

/**
 * Multi-head attention of q [B, T, C] over k, v [B, N, C], in a width divided by `downsampleRate`. Source:
 * segment_anything/modeling/transformer.py.
 */
export class DecoderAttention extends Module<[Tensor, Tensor, Tensor], Tensor> {
  readonly q_proj: Linear;
  readonly k_proj: Linear;
  readonly v_proj: Linear;
  readonly out_proj: Linear;
  readonly #numHeads: number;

  constructor(build: Build, dim: number, numHeads: number, downsampleRate = 1) {
    super(build);
    const inner = Math.floor(dim / downsampleRate);
    if (inner % numHeads !== 0)
      throw new Error(`${build.path}: inner width ${inner} does not divide into ${numHeads} heads`);
    this.#numHeads = numHeads;
    this.q_proj = new Linear(at(build, 'q_proj'), dim, inner);
    this.k_proj = new Linear(at(build, 'k_proj'), dim, inner);
    this.v_proj = new Linear(at(build, 'v_proj'), dim, inner);
    this.out_proj = new Linear(at(build, 'out_proj'), inner, dim);
  }

  protected forward(q: Tensor, k: Tensor, v: Tensor): Tensor {
    const heads = this.#numHeads;
    const apart = (x: Tensor) => permute(reshape(x, [x.shape[0], x.shape[1], heads, x.shape[2] / heads]), [0, 2, 1, 3]);
    const [qh, kh, vh] = [this.q_proj.call(q), this.k_proj.call(k), this.v_proj.call(v)].map(apart);
    const y = attention(qh, kh, vh);
    return this.out_proj.call(reshape(permute(y, [0, 2, 1, 3]), [y.shape[0], y.shape[2], heads * y.shape[3]]));
  }
}
