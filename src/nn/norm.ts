import { layerNorm, layerNorm2d } from '../ops/layernorm';
import { groupNorm } from '../ops/norms';
import type { Tensor } from '../tensor/tensor';
import { ones, zeros } from './init';
import { type Build, Module, param } from './module';

/** LayerNorm over the last axis: x [..., dim]; `weight` and `bias` [dim]. Source: torch.nn.LayerNorm. */
export class LayerNorm extends Module<[Tensor], Tensor> {
  /** Width of the tokens. */
  readonly dim: number;
  readonly weight: () => Tensor;
  readonly bias: () => Tensor;
  readonly #eps: number;

  constructor(build: Build, dim: number, eps = 1e-5) {
    super(build);
    this.dim = dim;
    this.#eps = eps;
    this.weight = param(build, 'weight', [dim], ones);
    this.bias = param(build, 'bias', [dim], zeros);
  }

  protected forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight(), this.bias(), this.#eps);
  }
}

/**
 * LayerNorm over the channels of x [B, C, H, W] at every pixel; `weight` and `bias` [C]. Source: segment_anything's
 * LayerNorm2d.
 */
export class LayerNorm2d extends Module<[Tensor], Tensor> {
  readonly weight: () => Tensor;
  readonly bias: () => Tensor;
  readonly #eps: number;

  constructor(build: Build, channels: number, eps = 1e-6) {
    super(build);
    this.#eps = eps;
    this.weight = param(build, 'weight', [channels], ones);
    this.bias = param(build, 'bias', [channels], zeros);
  }

  protected forward(x: Tensor): Tensor {
    return layerNorm2d(x, this.weight(), this.bias(), this.#eps);
  }
}

/** GroupNorm of x [B, C, H, W] in `groups` groups of channels; `weight` and `bias` [C]. Source: torch.nn.GroupNorm. */
export class GroupNorm extends Module<[Tensor], Tensor> {
  readonly weight: () => Tensor;
  readonly bias: () => Tensor;
  readonly #groups: number;
  readonly #eps: number;

  constructor(build: Build, groups: number, channels: number, eps = 1e-5) {
    super(build);
    this.#groups = groups;
    this.#eps = eps;
    this.weight = param(build, 'weight', [channels], ones);
    this.bias = param(build, 'bias', [channels], zeros);
  }

  protected forward(x: Tensor): Tensor {
    return groupNorm(x, this.#groups, this.weight(), this.bias(), this.#eps);
  }
}
