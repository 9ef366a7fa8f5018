import { type Build, Module } from '../../nn/module';
import { windowPartition, windowUnpartition } from '../../ops/window';
import type { Tensor } from '../../tensor/tensor';

/**
 * The attention step of an encoder block as one unit without parameters of its own: windows are cut, attention runs on
 * them, and the
 * tokens come back un-windowed. [B, H, W, C] → [B, H, W, C]. Adapters that must not see padding sit around it.
 */
export class WindowAttention extends Module<[Tensor], Tensor> {
  /** Width of the tokens. */
  readonly dim: number;
  readonly #windowSize: number;
  readonly #inner: (x: Tensor) => Tensor;

  /** `inner` runs on windows [B·n, size, size, C], or on the whole map when `windowSize` is 0. */
  constructor(build: Build, dim: number, windowSize: number, inner: (x: Tensor) => Tensor) {
    super(build);
    this.dim = dim;
    this.#windowSize = windowSize;
    this.#inner = inner;
  }

  protected forward(x: Tensor): Tensor {
    if (!this.#windowSize) return this.#inner(x);
    const [b, h, w] = x.shape;
    const windows = windowPartition(x, this.#windowSize);
    return windowUnpartition(this.#inner(windows), this.#windowSize, [b, h, w]);
  }
}
